#include "shim.h"

#include <algorithm>
#include <memory>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>
#include <vector>

namespace shim {

Dim thread_index, block_index, block_size, grid_size;
uint4 *shared;

namespace {

constexpr unsigned LANES = 32;
constexpr size_t STACK_BYTES = 64 << 10;

/* What a thread waits for. */
enum class At { RUNNING, BLOCK_BARRIER, BALLOT, EXCHANGE, MULTIPLICATION, END };

/* What lanes give each other in one operation. A lane cannot be two operations ahead of another: two places are enough. */
struct Meeting {
    alignas(8) uint32_t words[LANES][6];
};

struct Thread {
#ifdef __x86_64__
    void *stack_pointer;
#else
    ucontext_t context;
#endif
    At at;
    unsigned operations;
};

std::vector<Kernel> &kernels() {
    static std::vector<Kernel> all;
    return all;
}

/* Ends where a page begins that nobody may touch: whoever reads or writes behind it ends the process. */
class SharedMemory {
  public:
    explicit SharedMemory(size_t bytes) {
        size_t page = (size_t)sysconf(_SC_PAGESIZE);
        mapped_bytes = (bytes + page - 1) / page * page + page;
        mapped = (uint8_t *)mmap(nullptr, mapped_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        uint8_t *end = mapped + mapped_bytes - page;
        mprotect(end, page, PROT_NONE);
        first = end - (bytes + 15) / 16 * 16;
    }

    ~SharedMemory() { munmap(mapped, mapped_bytes); }

    uint4 *begin() const { return (uint4 *)first; }

  private:
    uint8_t *mapped;
    uint8_t *first;
    size_t mapped_bytes;
};

struct Stacks {
    std::vector<std::unique_ptr<char[]>> all;

    char *of(size_t thread) {
        while (all.size() <= thread) {
            all.emplace_back(new char[STACK_BYTES]);
        }
        return all[thread].get();
    }
};

Stacks stacks;
std::vector<Thread> threads;
std::vector<Meeting> meetings;
unsigned current;
const Kernel *kernel;
const void *parameters;
uint64_t noise = 0x9e3779b97f4a7c15;
/* What a thread found wrong with itself. */
std::string broken;

uint64_t next_noise() {
    noise ^= noise << 13;
    noise ^= noise >> 7;
    return noise ^= noise << 17;
}

void thread_main();

#ifdef __x86_64__

extern "C" void morphogen_shim_switch(void **save, void *load);

/* Keeps what a callee must keep, and goes on where the other stack left off. */
asm(".text\n"
    ".globl morphogen_shim_switch\n"
    ".type morphogen_shim_switch, @function\n"
    "morphogen_shim_switch:\n"
    "  pushq %rbp\n  pushq %rbx\n  pushq %r12\n  pushq %r13\n  pushq %r14\n  pushq %r15\n"
    "  movq %rsp, (%rdi)\n"
    "  movq %rsi, %rsp\n"
    "  popq %r15\n  popq %r14\n  popq %r13\n  popq %r12\n  popq %rbx\n  popq %rbp\n"
    "  ret\n"
    ".size morphogen_shim_switch, .-morphogen_shim_switch\n");

void *scheduler;

void prepare(Thread &thread, char *stack) {
    /* Six registers and where to begin; aligned as at a function's entry. */
    void **top = (void **)(((uintptr_t)stack + STACK_BYTES) & ~(uintptr_t)15);
    *--top = nullptr;
    *--top = (void *)thread_main;
    for (int i = 0; i < 6; i++) {
        *--top = nullptr;
    }
    thread.stack_pointer = top;
}

void resume(Thread &thread) { morphogen_shim_switch(&scheduler, thread.stack_pointer); }

void suspend(Thread &thread) { morphogen_shim_switch(&thread.stack_pointer, scheduler); }

#else

ucontext_t scheduler;

void prepare(Thread &thread, char *stack) {
    getcontext(&thread.context);
    thread.context.uc_stack.ss_sp = stack;
    thread.context.uc_stack.ss_size = STACK_BYTES;
    thread.context.uc_link = nullptr;
    makecontext(&thread.context, thread_main, 0);
}

void resume(Thread &thread) { swapcontext(&scheduler, &thread.context); }

void suspend(Thread &thread) { swapcontext(&thread.context, &scheduler); }

#endif

void wait(At what) {
    threads[current].at = what;
    suspend(threads[current]);
}

void thread_main() {
    kernel->run(parameters);
    wait(At::END);
}

void run(unsigned thread) {
    current = thread;
    thread_index = {thread, 0, 0};
    threads[thread].at = At::RUNNING;
    resume(threads[thread]);
}

/* The meeting of the operation that the calling lane is at. */
Meeting &meeting() { return meetings[current / LANES * 2 + threads[current].operations % 2]; }

/* Waits until all lanes of the warp have come. */
void meet(At what) {
    wait(what);
    threads[current].operations++;
}

std::string where(const char *what) {
    return std::string(kernel->name) + ": " + what + " in block " + std::to_string(block_index.x) + ", " +
           std::to_string(block_index.y);
}

/* Runs the lanes of a warp until all wait at a barrier of the block or have ended. */
std::string run_warp(unsigned first) {
    unsigned order[LANES];
    for (unsigned i = 0; i < LANES; i++) {
        order[i] = first + i;
    }
    while (true) {
        for (unsigned i = LANES - 1; i > 0; i--) {
            std::swap(order[i], order[next_noise() % (i + 1)]);
        }
        for (unsigned thread : order) {
            run(thread);
        }
        At at = threads[first].at;
        for (unsigned thread : order) {
            if (threads[thread].at != at) {
                return where("lanes of a warp wait for different things");
            }
        }
        if (at == At::BLOCK_BARRIER || at == At::END) {
            return "";
        }
    }
}

std::string run_block() {
    unsigned warps = threads.size() / LANES;
    std::vector<unsigned> order(warps);
    for (unsigned i = 0; i < warps; i++) {
        order[i] = i * LANES;
    }
    for (size_t i = 0; i < threads.size(); i++) {
        threads[i].at = At::RUNNING;
        threads[i].operations = 0;
        prepare(threads[i], stacks.of(i));
    }
    while (true) {
        for (unsigned i = warps - 1; i > 0; i--) {
            std::swap(order[i], order[next_noise() % (i + 1)]);
        }
        for (unsigned first : order) {
            std::string wrong = run_warp(first);
            if (!wrong.empty()) {
                return wrong;
            }
        }
        At at = threads[0].at;
        for (const Thread &thread : threads) {
            if (thread.at != at) {
                return where("some threads have ended and others wait at a barrier");
            }
        }
        if (at == At::END) {
            return "";
        }
    }
}

} // namespace

Registration::Registration(const Kernel &kernel) { kernels().push_back(kernel); }

const Kernel *find(const char *name) {
    for (const Kernel &kernel : kernels()) {
        if (strcmp(kernel.name, name) == 0) {
            return &kernel;
        }
    }
    return nullptr;
}

std::string launch(const Kernel &launched, Dim grid, Dim block, size_t shared_bytes, const void *with) {
    if (block.x == 0 || block.x % LANES != 0 || block.y != 1 || block.z != 1 || grid.z != 1) {
        return std::string(launched.name) + ": not whole warps, or more dimensions than kernels here use";
    }
    kernel = &launched;
    parameters = with;
    grid_size = grid;
    block_size = block;
    threads.resize(block.x);
    meetings.resize(block.x / LANES * 2);
    SharedMemory memory(shared_bytes);
    shared = memory.begin();
    uint8_t *bytes = (uint8_t *)shared;
    broken.clear();
    for (block_index.y = 0; block_index.y < grid.y; block_index.y++) {
        for (block_index.x = 0; block_index.x < grid.x; block_index.x++) {
            for (size_t i = 0; i < shared_bytes; i += 8) {
                uint64_t value = next_noise();
                memcpy(bytes + i, &value, std::min<size_t>(8, shared_bytes - i));
            }
            std::string wrong = run_block();
            if (!wrong.empty()) {
                return wrong;
            }
            if (!broken.empty()) {
                return where(broken.c_str());
            }
        }
    }
    return "";
}

void require_aligned(const void *address, size_t bytes) {
    if ((uintptr_t)address % bytes != 0) {
        broken = "an address is not aligned to " + std::to_string(bytes) + " bytes";
    }
}

void block_barrier() { wait(At::BLOCK_BARRIER); }

uint32_t warp_ballot(bool bit) {
    Meeting &shared_words = meeting();
    shared_words.words[current % LANES][0] = bit;
    meet(At::BALLOT);
    uint32_t all = 0;
    for (unsigned lane = 0; lane < LANES; lane++) {
        all |= shared_words.words[lane][0] << lane;
    }
    return all;
}

uint32_t warp_exchange(uint32_t value, int lane_distance) {
    Meeting &shared_words = meeting();
    shared_words.words[current % LANES][0] = value;
    meet(At::EXCHANGE);
    return shared_words.words[(current % LANES) ^ lane_distance][0];
}

void count_common_bits(uint32_t c[4], uint4 a, uint2 b) {
    Meeting &shared_words = meeting();
    unsigned lane = current % LANES;
    /* What is multiplied together stands side by side. */
    uint32_t own[6] = {a.x, a.z, a.y, a.w, b.x, b.y};
    memcpy(shared_words.words[lane], own, sizeof own);
    meet(At::MULTIPLICATION);
    for (int i = 0; i < 4; i++) {
        unsigned row = lane / 4;
        unsigned column = lane % 4 * 2 + i % 2;
        for (unsigned k = 0; k < 4; k++) {
            uint64_t of_row, of_column;
            memcpy(&of_row, shared_words.words[row * 4 + k] + i / 2 * 2, sizeof of_row);
            memcpy(&of_column, shared_words.words[column * 4 + k] + 4, sizeof of_column);
            c[i] += __builtin_popcountll(of_row & of_column);
        }
    }
}

} // namespace shim
