// What CUDA C needs to run on a CPU: places of threads, and warps whose threads meet at each shuffle.
#pragma once
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <ucontext.h>
#include <vector>

#define __global__
#define __device__
#define LANES 32
struct Place {
    unsigned x;
};
static Place blockIdx, blockDim{256}, threadIdx;
using std::isnan;

static unsigned __float_as_uint(float value) {
    unsigned bits;
    memcpy(&bits, &value, 4);
    return bits;
}

// The threads of a warp run on stacks of their own, in turn: each goes on until a shuffle, then the next does.
struct Warp {
    ucontext_t lanes[LANES], outside;
    std::vector<char> stacks = std::vector<char>(LANES << 16);
    float offered[2][LANES];
    unsigned shuffles[LANES], first = 0, ended = 0;
    const std::function<void()> *kernel = nullptr;

    static void lane();

    void turn(unsigned from, bool ends) {
        unsigned to = (from + 1) % LANES;
        if (ends ? ended != from + 1 : ended != 0) {
            fprintf(stderr, "threads of a warp meet at different shuffles\n");
            abort();
        }
        threadIdx.x = first + to;
        if (ends && to == 0) setcontext(&outside);
        else if (ends) setcontext(&lanes[to]);
        else swapcontext(&lanes[from], &lanes[to]);
    }

    void run(unsigned from, const std::function<void()> &of) {
        kernel = &of, first = from, ended = 0, threadIdx.x = from;
        for (unsigned at = 0; at < LANES; at++) {
            shuffles[at] = 0;
            getcontext(&lanes[at]);
            lanes[at].uc_stack.ss_sp = &stacks[at << 16];
            lanes[at].uc_stack.ss_size = 1 << 16;
            makecontext(&lanes[at], lane, 0);
        }
        swapcontext(&outside, &lanes[0]);
    }
};
static Warp warp;

void Warp::lane() {
    (*warp.kernel)();
    unsigned own = threadIdx.x % LANES;
    warp.ended++;
    warp.turn(own, true);
}

static float __shfl_xor_sync(unsigned, float value, int step) {
    unsigned own = threadIdx.x % LANES, turn = warp.shuffles[own]++ % 2;
    warp.offered[turn][own] = value;
    warp.turn(own, false);
    return warp.offered[turn][own ^ step];
}

// So many blocks; `rows` is for kernels of rows, whose threads shuffle.
static void launch_blocks(unsigned blocks, bool rows, const std::function<void()> &kernel) {
    for (blockIdx.x = 0; blockIdx.x < blocks; blockIdx.x++)
        if (rows)
            for (unsigned from = 0; from < blockDim.x; from += LANES) warp.run(from, kernel);
        else
            for (threadIdx.x = 0; threadIdx.x < blockDim.x; threadIdx.x++) kernel();
}
