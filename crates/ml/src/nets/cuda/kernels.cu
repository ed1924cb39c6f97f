// What a GPU does for a net beside products of matrices. Compiled at run time by NVRTC; no header is needed.
//
// Tables lie row after row. A kernel of cells has a thread for each number, a kernel of rows has LANES threads
// (one warp) for each row. The formulas are those of the CPU: nets/pass.rs, nets/kernels/{functions,update}.rs.

typedef unsigned int u32;
typedef unsigned long long u64;
typedef unsigned short u16;

// Threads of a row. A check without a GPU compiles this file as C++ with one.
#ifndef LANES
#define LANES 32
#endif

// Activations, in the order of `Plan::activation`.
#define RELU 0
#define TANH 1
#define LOGISTIC 2

// Largest magnitude of an input, largest gradient that is believed, smallest running mean that is kept.
#define LIMIT 1e9f
#define STEEPEST 1e15f
#define FAINTEST 1e-30f
#define UNLIKELY 1e-15f

__device__ static u64 thread_index() {
    return (u64)blockIdx.x * blockDim.x + threadIdx.x;
}

// A value between bounds; unlike fminf and fmaxf it leaves a NaN as it is.
__device__ static float clamped(float value, float bound) {
    return value > bound ? bound : value < -bound ? -bound : value;
}

__device__ static float faint_is_zero(float value) {
    return fabsf(value) < FAINTEST ? 0.0f : value;
}

// What dropout multiplies a number by: `turn` bits of the row's SplitMix64 stream decide, as on the CPU.
__device__ static float kept(u64 seed, u32 layer, u32 limit, float lift, u64 row, u64 column) {
    u64 state = seed ^ (row << 20) ^ ((u64)layer << 52);
    u64 z = state + (column + 1) * 0x9E3779B97F4A7C15ULL;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    z = z ^ (z >> 31);
    return (u32)(z >> 32) >= limit ? lift : 0.0f;
}

// The sum, or the largest, over the threads of a row; each of them gets it.
__device__ static float sum_of_row(float value) {
    for (int step = LANES / 2; step > 0; step /= 2) value += __shfl_xor_sync(0xFFFFFFFFu, value, step);
    return value;
}

__device__ static float largest_of_row(float value) {
    for (int step = LANES / 2; step > 0; step /= 2) {
        float other = __shfl_xor_sync(0xFFFFFFFFu, value, step);
        value = value > other ? value : other;
    }
    return value;
}

// Cells: brings the rows order[first..first + rows] of `all` together, each value as a net reads it.
extern "C" __global__ void gather(const float *all, const u32 *order, u32 first, u32 rows, u32 width, float *out) {
    u64 cell = thread_index();
    if (cell >= (u64)rows * width) return;
    u64 row = order[first + cell / width];
    float value = all[row * width + cell % width];
    out[cell] = isnan(value) ? 0.0f : clamped(value, LIMIT);
}

// Cells: bias, activation and dropout. No dropout where `limit` is 0.
extern "C" __global__ void activate(float *table, const float *bias, u32 rows, u32 width, u32 activation,
                                    u64 seed, u32 layer, u32 limit, float lift) {
    u64 cell = thread_index();
    if (cell >= (u64)rows * width) return;
    u64 column = cell % width;
    float value = table[cell] + bias[column];
    if (activation == RELU) value = value < 0.0f ? 0.0f : value;
    if (activation == TANH) value = tanhf(value);
    if (activation == LOGISTIC) value = 1.0f / (1.0f + expf(-value));
    if (limit > 0) value *= kept(seed, layer, limit, lift, cell / width, column);
    table[cell] = value;
}

// Rows: softmax of the sums; the deltas of the sums and the loss of each row. losses[first + row] gets it.
extern "C" __global__ void compare_classes(const float *sums, const u32 *codes, const float *weights,
                                           const u32 *order, u32 first, u32 rows, u32 width, float share,
                                           float *deltas, float *losses) {
    u64 row = thread_index() / LANES;
    u32 lane = threadIdx.x % LANES;
    if (row >= rows) return;
    const float *own = sums + row * width;
    float *out = deltas + row * width;
    float top = own[0];
    for (u32 column = lane; column < width; column += LANES) top = own[column] > top ? own[column] : top;
    top = largest_of_row(top);
    float sum = 0.0f;
    for (u32 column = lane; column < width; column += LANES) sum += expf(own[column] - top);
    sum = sum_of_row(sum);
    u32 source = order[first + row];
    u32 code = codes[source];
    float weight = weights[source];
    for (u32 column = lane; column < width; column += LANES) {
        float probability = expf(own[column] - top) / sum;
        out[column] = (probability - (column == code ? 1.0f : 0.0f)) * weight * share;
        if (column == code) {
            losses[first + row] = -logf(probability < UNLIKELY ? UNLIKELY : probability) * weight;
        }
    }
}

// Rows: the deltas of numbers and the loss of each row, half the squared error.
extern "C" __global__ void compare_numbers(const float *sums, const float *values, const float *weights,
                                           const u32 *order, u32 first, u32 rows, u32 width, float share,
                                           float *deltas, float *losses) {
    u64 row = thread_index() / LANES;
    u32 lane = threadIdx.x % LANES;
    if (row >= rows) return;
    u64 source = order[first + row];
    float weight = weights[source];
    float loss = 0.0f;
    for (u32 column = lane; column < width; column += LANES) {
        float error = sums[row * width + column] - values[source * width + column];
        deltas[row * width + column] = error * weight * share;
        loss += 0.5f * error * error;
    }
    loss = sum_of_row(loss);
    if (lane == 0) losses[first + row] = loss * weight;
}

// Cells: deltas of a layer's outputs become deltas of its sums, through dropout and the slope of the activation.
// `stays` is the share that dropout kept: it makes of the outputs those of the activation.
extern "C" __global__ void slope(float *deltas, const float *outputs, u32 rows, u32 width, u32 activation,
                                 float stays, u64 seed, u32 layer, u32 limit, float lift) {
    u64 cell = thread_index();
    if (cell >= (u64)rows * width) return;
    float delta = deltas[cell];
    if (limit > 0) delta *= kept(seed, layer, limit, lift, cell / width, cell % width);
    float output = outputs[cell] * stays;
    if (activation == RELU) delta = output > 0.0f ? delta : 0.0f;
    if (activation == TANH) delta *= 1.0f - output * output;
    if (activation == LOGISTIC) delta *= output * (1.0f - output);
    deltas[cell] = delta;
}

// Cells: a step of Adam. The first `decayed` numbers are weights and decay, the others are biases.
extern "C" __global__ void adam(float *weights, const float *gradients, float *means, float *squares, u64 count,
                                u64 decayed, float decay, float rate, float first, float second, float epsilon) {
    u64 cell = thread_index();
    if (cell >= count) return;
    float weight = weights[cell];
    float slope = clamped(gradients[cell] + (cell < decayed ? decay : 0.0f) * weight, STEEPEST);
    float mean = faint_is_zero(first * means[cell] + (1.0f - first) * slope);
    float square = faint_is_zero(second * squares[cell] + (1.0f - second) * slope * slope);
    means[cell] = mean;
    squares[cell] = square;
    weights[cell] = weight - rate * mean / (sqrtf(square) + epsilon);
}

// Cells: a step of SGD with Nesterov's momentum.
extern "C" __global__ void sgd(float *weights, const float *gradients, float *steps, u64 count, u64 decayed,
                               float decay, float rate, float momentum) {
    u64 cell = thread_index();
    if (cell >= count) return;
    float weight = weights[cell];
    float slope = clamped(gradients[cell] + (cell < decayed ? decay : 0.0f) * weight, STEEPEST);
    float step = faint_is_zero(momentum * steps[cell] - rate * slope);
    steps[cell] = step;
    weights[cell] = weight + momentum * step - rate * slope;
}

// Cells: numbers in bfloat16, rounded to the nearest, ties to even. A NaN stays one.
extern "C" __global__ void narrow(const float *wide, u16 *out, u64 count) {
    u64 cell = thread_index();
    if (cell >= count) return;
    u32 bits = __float_as_uint(wide[cell]);
    u32 rounded = bits + 0x7FFFu + ((bits >> 16) & 1u);
    out[cell] = (u16)((isnan(wide[cell]) ? bits | 0x400000u : rounded) >> 16);
}
