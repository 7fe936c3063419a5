// Which memories become SRAM macros; the others become flip-flops.
//
// A macro answers a read after a clock edge, so memories with an asynchronous read port are none,
// however large. Nor are those below SRAM_MIN_BITS, which the caller defines.
(* techmap_celltype = "$mem_v2" *)
module sram_map (
  RD_CLK, RD_EN, RD_ARST, RD_SRST, RD_ADDR, RD_DATA, WR_CLK, WR_EN, WR_ADDR, WR_DATA
);
parameter MEMID = "";
parameter SIZE = 4;
parameter OFFSET = 0;
parameter ABITS = 2;
parameter WIDTH = 8;
parameter INIT = 1'bx;
parameter RD_PORTS = 1;
parameter RD_CLK_ENABLE = 1'b1;
parameter RD_CLK_POLARITY = 1'b1;
parameter RD_TRANSPARENCY_MASK = 1'b0;
parameter RD_COLLISION_X_MASK = 1'b0;
parameter RD_WIDE_CONTINUATION = 1'b0;
parameter RD_CE_OVER_SRST = 1'b0;
parameter RD_ARST_VALUE = 1'b0;
parameter RD_SRST_VALUE = 1'b0;
parameter RD_INIT_VALUE = 1'b0;
parameter WR_PORTS = 1;
parameter WR_CLK_ENABLE = 1'b1;
parameter WR_CLK_POLARITY = 1'b1;
parameter WR_PRIORITY_MASK = 1'b0;
parameter WR_WIDE_CONTINUATION = 1'b0;
input [RD_PORTS-1:0] RD_CLK, RD_EN, RD_ARST, RD_SRST;
input [RD_PORTS*ABITS-1:0] RD_ADDR;
output [RD_PORTS*WIDTH-1:0] RD_DATA;
input [WR_PORTS-1:0] WR_CLK;
input [WR_PORTS*WIDTH-1:0] WR_EN, WR_DATA;
input [WR_PORTS*ABITS-1:0] WR_ADDR;

wire _TECHMAP_FAIL_ = SIZE * WIDTH < `SRAM_MIN_BITS || !(&RD_CLK_ENABLE) || !(&WR_CLK_ENABLE);
wire [RD_PORTS*WIDTH-1:0] stored;

GRUS_SRAM #(
  .NAME(MEMID), .WORDS(SIZE), .WORD_BITS(WIDTH), .ADDRESS_BITS(ABITS),
  .READ_PORTS(RD_PORTS), .WRITE_PORTS(WR_PORTS)
) _TECHMAP_REPLACE_ (
  .RD_CLK(RD_CLK), .RD_EN(RD_EN), .RD_ADDR(RD_ADDR), .RD_DATA(stored),
  .WR_CLK(WR_CLK), .WR_EN(WR_EN), .WR_ADDR(WR_ADDR), .WR_DATA(WR_DATA)
);

// No macro forwards what is written to what is read in the same cycle; logic beside it does.
genvar r, w;
generate for (r = 0; r < RD_PORTS; r = r + 1) begin : read
  wire [WIDTH-1:0] seen [0:WR_PORTS];
  assign seen[0] = stored[r*WIDTH +: WIDTH];
  for (w = 0; w < WR_PORTS; w = w + 1) begin : write
    if (RD_TRANSPARENCY_MASK[r*WR_PORTS + w]) begin : forward
      reg [WIDTH-1:0] written, hit;
      always @(posedge RD_CLK[r]) if (RD_EN[r]) begin
        written <= WR_DATA[w*WIDTH +: WIDTH];
        hit <= WR_EN[w*WIDTH +: WIDTH]
          & {WIDTH{RD_ADDR[r*ABITS +: ABITS] == WR_ADDR[w*ABITS +: ABITS]}};
      end
      assign seen[w+1] = (hit & written) | (~hit & seen[w]);
    end else begin : keep
      assign seen[w+1] = seen[w];
    end
  end
  assign RD_DATA[r*WIDTH +: WIDTH] = seen[WR_PORTS];
end endgenerate
endmodule
