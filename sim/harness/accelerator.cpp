// An accelerator with its memory and its host, for calls from Python: the clock loop stays in here.
//
// docs/memory.md says what happens in which cycle; sim/timed_memory.py does the same under cocotb.

#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <vector>

#include "VCraneAccelerator.h"
#include "verilated.h"
#if VM_TRACE_FST
#include "verilated_fst_c.h"
using Waves = VerilatedFstC;
#elif VM_TRACE
#include "verilated_vcd_c.h"
using Waves = VerilatedVcdC;
#endif

namespace {

enum Channel { AR, R, AW, W, B, CHANNELS };
enum Violation { NONE = 0, READ_OUTSIDE = 1, WRITE_OUTSIDE = 2, BURST_LEAVES_PAGE = 4, WLAST_WRONG = 8 };
constexpr int OKAY = 0, SLVERR = 2;

struct Burst {
    uint64_t address;
    unsigned words;
    uint64_t due;  // cycle of its first word
};

struct Counts {
    uint64_t cycles, read_bytes, written_bytes, read_bursts, write_bursts;
};

class Machine {
  public:
    // Waveforms go to the file `waves`, if there is one and the build can record them.
    Machine(uint64_t size, uint64_t latency, uint64_t seed, const char* waves)
        : top_((context_.traceEverOn(VM_TRACE), std::make_unique<VCraneAccelerator>(&context_))),
          memory_(size), latency_(latency), seed_(seed) {
#if VM_TRACE
        if (waves) {
            waves_ = std::make_unique<Waves>();
            top_->trace(waves_.get(), 99);
            waves_->open(waves);
        }
#endif
        reset();
    }
    ~Machine() { finish(); }

    // Completes the waveforms; nothing is recorded afterwards.
    void finish() {
#if VM_TRACE
        if (waves_) waves_->close();
        waves_.reset();
#endif
    }

    std::vector<uint8_t>& memory() { return memory_; }
    Counts& counts() { return counts_; }
    unsigned violations() const { return violations_; }
    void allow_writes(uint64_t first, uint64_t end) { first_writable_ = first, end_writable_ = end; }
    void fail_at(uint64_t address) { failing_ = address; }
    void stall(int channel, double chance) {
        stalls_[channel] = chance >= 1 ? UINT64_MAX : uint64_t(chance * 18446744073709551616.0);
    }

    // The run that starts in this cycle counts its pauses from here.
    void begin() { began_ = counts_.cycles; }

    // Returns the response, or -1 if none came within `timeout` cycles.
    int write_register(uint32_t address, uint32_t data, uint64_t timeout) {
        top_->s_axi_awaddr = address;
        top_->s_axi_wdata = data;
        top_->s_axi_wstrb = 0xf;
        top_->s_axi_awvalid = top_->s_axi_wvalid = top_->s_axi_bready = 1;
        for (; timeout; --timeout) {
            settle();
            const bool address_taken = top_->s_axi_awvalid && top_->s_axi_awready;
            const bool data_taken = top_->s_axi_wvalid && top_->s_axi_wready;
            const bool answered = top_->s_axi_bvalid;
            const int response = top_->s_axi_bresp;
            tick();
            if (address_taken) top_->s_axi_awvalid = 0;
            if (data_taken) top_->s_axi_wvalid = 0;
            if (answered) {
                top_->s_axi_bready = 0;
                return response;
            }
        }
        return -1;
    }

    int read_register(uint32_t address, uint32_t* data, uint64_t timeout) {
        top_->s_axi_araddr = address;
        top_->s_axi_arvalid = top_->s_axi_rready = 1;
        for (; timeout; --timeout) {
            settle();
            const bool taken = top_->s_axi_arvalid && top_->s_axi_arready;
            const bool answered = top_->s_axi_rvalid;
            const int response = top_->s_axi_rresp;
            *data = top_->s_axi_rdata;
            tick();
            if (taken) top_->s_axi_arvalid = 0;
            if (answered) {
                top_->s_axi_rready = 0;
                return response;
            }
        }
        return -1;
    }

    // Runs until the interrupt is set, or for `cycles` cycles; returns whether it is set.
    bool run(uint64_t cycles) {
        while (cycles--) {
            settle();
            if (top_->irq) return true;
            tick();
        }
        return false;
    }

  private:
    static constexpr unsigned WORD = sizeof(VCraneAccelerator::m_axi_rdata);

    void reset() {
        top_->clk = 0;
        top_->rst = 1;
        top_->s_axi_awvalid = top_->s_axi_wvalid = top_->s_axi_bready = 0;
        top_->s_axi_arvalid = top_->s_axi_rready = 0;
        for (int cycle = 0; cycle < 2; ++cycle) {
            settle();
            tick();
        }
        top_->rst = 0;
        counts_ = {};
    }

    // Offers of this cycle, and what the design makes of them before the clock edge.
    void settle() {
        if (!settled_) offer();
        settled_ = true;
        top_->clk = 0;
        top_->eval();
    }

    void offer() {
        top_->m_axi_arready = goes(AR);
        top_->m_axi_awready = goes(AW);
        top_->m_axi_wready = goes(W);
        // An offer that was made is held until it is taken.
        if (!top_->m_axi_rvalid) offer_word();
        if (!top_->m_axi_bvalid) offer_answer();
    }

    void tick() {
        const bool r_taken = top_->m_axi_rvalid && top_->m_axi_rready;
        const bool b_taken = top_->m_axi_bvalid && top_->m_axi_bready;
        if (top_->m_axi_arvalid && top_->m_axi_arready)
            take_burst(reads_, top_->m_axi_araddr, top_->m_axi_arlen + 1u, counts_.read_bursts);
        if (top_->m_axi_awvalid && top_->m_axi_awready)
            take_burst(writes_, top_->m_axi_awaddr, top_->m_axi_awlen + 1u, counts_.write_bursts);
        if (top_->m_axi_wvalid && top_->m_axi_wready) take_word();
        write_words();
        record();
        top_->clk = 1;
        top_->eval();
        record();
        if (r_taken) top_->m_axi_rvalid = 0;
        if (b_taken) top_->m_axi_bvalid = 0;
        ++counts_.cycles;
        settled_ = false;
    }

    // Twice a cycle: before the rising edge, when all is settled, and after it.
    void record() {
#if VM_TRACE
        if (waves_) waves_->dump(time_++);
#endif
    }

    void take_burst(std::deque<Burst>& bursts, uint64_t address, unsigned words, uint64_t& count) {
        if ((address & 4095) + uint64_t(words) * WORD > 4096) violations_ |= BURST_LEAVES_PAGE;
        bursts.push_back({address, words, counts_.cycles + latency_});
        ++count;
    }

    void offer_word() {
        if (reads_.empty() || counts_.cycles < reads_.front().due || !goes(R)) return;
        Burst& burst = reads_.front();
        uint8_t word[WORD] = {};
        const bool inside = burst.address + WORD <= memory_.size();
        if (inside)
            std::memcpy(word, &memory_[burst.address], WORD);
        else
            violations_ |= READ_OUTSIDE;
        std::memcpy(&top_->m_axi_rdata, word, WORD);
        top_->m_axi_rresp = fails(burst.address) || !inside ? SLVERR : OKAY;
        top_->m_axi_rlast = burst.words == 1;
        top_->m_axi_rvalid = 1;
        counts_.read_bytes += WORD;
        burst.address += WORD;
        if (!--burst.words) reads_.pop_front();
    }

    void take_word() {
        Written word;
        std::memcpy(word.data, &top_->m_axi_wdata, WORD);
        word.strobe = top_->m_axi_wstrb;
        word.last = top_->m_axi_wlast;
        words_.push_back(word);
    }

    // Words may come before their address.
    void write_words() {
        while (!writes_.empty() && !words_.empty()) {
            Burst& burst = writes_.front();
            const Written& word = words_.front();
            if (word.last != (burst.words == 1)) violations_ |= WLAST_WRONG;
            failed_ |= fails(burst.address);
            for (unsigned byte = 0; byte < WORD; ++byte) {
                if (!(word.strobe >> byte & 1)) continue;
                const uint64_t address = burst.address / WORD * WORD + byte;
                if (address < first_writable_ || address >= end_writable_)
                    violations_ |= WRITE_OUTSIDE;
                else
                    memory_[address] = word.data[byte];
                ++counts_.written_bytes;
            }
            burst.address = burst.address / WORD * WORD + WORD;
            words_.pop_front();
            if (!--burst.words) {
                answers_.push_back({failed_ ? SLVERR : OKAY, counts_.cycles + latency_});
                failed_ = false;
                writes_.pop_front();
            }
        }
    }

    void offer_answer() {
        if (answers_.empty() || counts_.cycles < answers_.front().due || !goes(B)) return;
        top_->m_axi_bresp = answers_.front().response;
        top_->m_axi_bvalid = 1;
        answers_.pop_front();
    }

    bool fails(uint64_t address) const { return address / WORD == failing_ / WORD; }

    bool goes(Channel channel) {
        if (!stalls_[channel]) return true;
        const uint64_t stream = mix(seed_ * 8 + channel);
        return mix(stream + (counts_.cycles - began_) * 0x9e3779b97f4a7c15) >= stalls_[channel];
    }

    // The finaliser of SplitMix64: any number becomes a random one.
    static uint64_t mix(uint64_t number) {
        number = (number ^ number >> 30) * 0xbf58476d1ce4e5b9;
        number = (number ^ number >> 27) * 0x94d049bb133111eb;
        return number ^ number >> 31;
    }

    struct Written {
        uint8_t data[WORD];
        uint64_t strobe;
        bool last;
    };
    struct Answer {
        int response;
        uint64_t due;
    };

    VerilatedContext context_;
    std::unique_ptr<VCraneAccelerator> top_;
    std::vector<uint8_t> memory_;
    uint64_t latency_, seed_, began_ = 0, stalls_[CHANNELS] = {};
    uint64_t first_writable_ = 0, end_writable_ = 0, failing_ = UINT64_MAX;
    std::deque<Burst> reads_, writes_;
    std::deque<Written> words_;
    std::deque<Answer> answers_;
    Counts counts_ = {};
    unsigned violations_ = NONE;
    bool settled_ = false, failed_ = false;
#if VM_TRACE
    std::unique_ptr<Waves> waves_;
    uint64_t time_ = 0;
#endif
};

}  // namespace

extern "C" {
void* grus_new(uint64_t size, uint64_t latency, uint64_t seed, const char* waves) {
    return new Machine(size, latency, seed, waves);
}
void grus_finish(void* machine) { static_cast<Machine*>(machine)->finish(); }
void grus_delete(void* machine) { delete static_cast<Machine*>(machine); }
uint8_t* grus_memory(void* machine) { return static_cast<Machine*>(machine)->memory().data(); }
void grus_allow_writes(void* machine, uint64_t first, uint64_t end) {
    static_cast<Machine*>(machine)->allow_writes(first, end);
}
void grus_fail_at(void* machine, uint64_t address) { static_cast<Machine*>(machine)->fail_at(address); }
void grus_stall(void* machine, int channel, double chance) {
    static_cast<Machine*>(machine)->stall(channel, chance);
}
void grus_begin(void* machine) { static_cast<Machine*>(machine)->begin(); }
int grus_write_register(void* machine, uint32_t address, uint32_t data, uint64_t timeout) {
    return static_cast<Machine*>(machine)->write_register(address, data, timeout);
}
int grus_read_register(void* machine, uint32_t address, uint32_t* data, uint64_t timeout) {
    return static_cast<Machine*>(machine)->read_register(address, data, timeout);
}
int grus_run(void* machine, uint64_t cycles) { return static_cast<Machine*>(machine)->run(cycles); }
void grus_counts(void* machine, uint64_t* counts) {
    std::memcpy(counts, &static_cast<Machine*>(machine)->counts(), sizeof(Counts));
}
unsigned grus_violations(void* machine) { return static_cast<Machine*>(machine)->violations(); }
}
