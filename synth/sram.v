// An SRAM macro: a black box that remembers its geometry.
(* blackbox *)
module GRUS_SRAM (RD_CLK, RD_EN, RD_ADDR, RD_DATA, WR_CLK, WR_EN, WR_ADDR, WR_DATA);
parameter NAME = "";
parameter WORDS = 1;
parameter WORD_BITS = 1;
parameter ADDRESS_BITS = 1;
parameter READ_PORTS = 1;
parameter WRITE_PORTS = 1;
input [READ_PORTS-1:0] RD_CLK, RD_EN;
input [READ_PORTS*ADDRESS_BITS-1:0] RD_ADDR;
output [READ_PORTS*WORD_BITS-1:0] RD_DATA;
input [WRITE_PORTS-1:0] WR_CLK;
input [WRITE_PORTS*WORD_BITS-1:0] WR_EN, WR_DATA;
input [WRITE_PORTS*ADDRESS_BITS-1:0] WR_ADDR;
endmodule
