// Runs kernels.cu on the CPU, thread after thread, and holds its numbers against plain formulas in 64 bits. It
// shows that the kernels compute what they should; not that a GPU runs them.

#include "warp.h"
#include <random>

#include "../../crates/ml/src/nets/cuda/kernels.cu"

static int failures = 0;

// As many whole blocks as so many cells need, a thread each, or so many rows, a warp each.
static void launch(u64 cells, const std::function<void()> &kernel) {
    launch_blocks((cells + blockDim.x - 1) / blockDim.x, false, kernel);
}

static void launch_rows(u64 rows, const std::function<void()> &kernel) {
    launch_blocks((rows * LANES + blockDim.x - 1) / blockDim.x, true, kernel);
}

static void check(const char *what, double worst, double allowed) {
    bool fine = worst <= allowed;
    printf("%-28s off by %.2e %s\n", what, worst, fine ? "" : "TOO MUCH");
    failures += !fine;
}

static double apart(const std::vector<float> &found, const std::vector<double> &wanted) {
    double worst = 0;
    for (size_t at = 0; at < found.size(); at++) {
        double off = std::fabs(found[at] - wanted[at]) / (1 + std::fabs(wanted[at]));
        worst = std::isnan(off) ? INFINITY : std::max(worst, off);
    }
    return worst;
}

static std::mt19937 chance(1);

static std::vector<float> noise(size_t count) {
    std::vector<float> out(count);
    for (float &value : out) value = std::uniform_real_distribution<float>(-2, 2)(chance);
    return out;
}

// SplitMix64 as its authors wrote it: the stream of a row, one number a column.
static std::vector<double> masks(u64 seed, u64 layer, u32 limit, double lift, u32 rows, u32 width) {
    std::vector<double> out;
    for (u64 row = 0; row < rows; row++) {
        u64 state = seed ^ (row << 20) ^ (layer << 52);
        for (u32 column = 0; column < width; column++) {
            u64 z = (state += 0x9E3779B97F4A7C15ULL);
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
            out.push_back(((z ^ (z >> 31)) >> 32) >= limit ? lift : 0.0);
        }
    }
    return out;
}

static double active(u32 kind, double x) {
    if (kind == 0) return x < 0 ? 0 : x;
    if (kind == 1) return std::tanh(x);
    return kind == 2 ? 1 / (1 + std::exp(-x)) : x;
}

int main() {
    const u32 rows = 37, width = 13, all_rows = 60, first = 5;
    const u64 cells = (u64)rows * width;
    std::vector<u32> order(all_rows), codes(all_rows);
    for (u32 at = 0; at < all_rows; at++) order[at] = (at * 7) % all_rows, codes[at] = (at * 5) % width;

    auto all = noise((size_t)all_rows * width);
    all[order[first] * width] = NAN, all[order[first] * width + 1] = INFINITY, all[order[first] * width + 2] = -1e30f;
    std::vector<float> out(cells);
    launch(cells, [&] { gather(all.data(), order.data(), first, rows, width, out.data()); });
    std::vector<double> wanted(cells);
    for (u64 cell = 0; cell < cells; cell++) wanted[cell] = all[order[first + cell / width] * width + cell % width];
    wanted[0] = 0, wanted[1] = 1e9, wanted[2] = -1e9;
    check("gather", apart(out, wanted), 0);

    const u64 seed = 0x123456789ULL << 24;
    for (u32 kind = 0; kind < 4; kind++)
        for (u32 limit : {0u, 0x50000000u}) {
            const float lift = limit ? 1.4545455f : 1.0f;
            auto mask = limit ? masks(seed, 3, limit, lift, rows, width) : std::vector<double>(cells, 1.0);
            auto sums = noise(cells), bias = noise(width), deltas = noise(cells), outputs = sums;
            launch(cells, [&] {
                activate(outputs.data(), bias.data(), rows, width, kind, seed, 3, limit, lift);
            });
            std::vector<double> own(cells);
            for (u64 cell = 0; cell < cells; cell++) {
                own[cell] = active(kind, (double)sums[cell] + bias[cell % width]);
                wanted[cell] = own[cell] * mask[cell];
            }
            char name[64];
            snprintf(name, sizeof name, "activate %u %s", kind, limit ? "with dropout" : "");
            check(name, apart(outputs, wanted), 1e-6);
            for (u64 cell = 0; cell < cells; cell++) {
                double y = own[cell];
                double slope_of[] = {y > 0 ? 1.0 : 0.0, 1 - y * y, y * (1 - y), 1.0};
                wanted[cell] = deltas[cell] * mask[cell] * slope_of[kind];
            }
            launch(cells, [&] {
                slope(deltas.data(), outputs.data(), rows, width, kind, 1 / lift, seed, 3, limit, lift);
            });
            snprintf(name, sizeof name, "slope %u %s", kind, limit ? "with dropout" : "");
            check(name, apart(deltas, wanted), 1e-5);
        }

    auto sums = noise(cells), values = noise((size_t)all_rows * width), weights = noise(all_rows);
    const float share = 1.0f / rows;
    for (bool classes : {true, false}) {
        std::vector<float> deltas(cells), losses(all_rows);
        std::vector<double> wanted_losses(all_rows);
        launch_rows(rows, [&] {
            if (classes)
                compare_classes(sums.data(), codes.data(), weights.data(), order.data(), first, rows, width, share,
                                deltas.data(), losses.data());
            else
                compare_numbers(sums.data(), values.data(), weights.data(), order.data(), first, rows, width, share,
                                deltas.data(), losses.data());
        });
        for (u32 row = 0; row < rows; row++) {
            u32 source = order[first + row];
            double total = 0, loss = 0;
            for (u32 column = 0; column < width; column++) total += std::exp((double)sums[row * width + column]);
            for (u32 column = 0; column < width; column++) {
                double sum = sums[row * width + column], target = values[source * width + column];
                double error = classes ? std::exp(sum) / total - (codes[source] == column) : sum - target;
                loss += classes ? (codes[source] == column ? std::log(total) - sum : 0) : 0.5 * error * error;
                wanted[row * width + column] = error * weights[source] * share;
            }
            wanted_losses[first + row] = loss * weights[source];
        }
        check(classes ? "deltas of classes" : "deltas of numbers", apart(deltas, wanted), 1e-6);
        check(classes ? "losses of classes" : "losses of numbers", apart(losses, wanted_losses), 1e-6);
    }

    for (bool with_adam : {true, false}) {
        const u64 count = 700, decayed = 600;
        auto moved = noise(count), gradients = noise(count), means = noise(count), squares = noise(count);
        for (float &square : squares) square = square * square;
        gradients[3] = 1e30f;
        std::vector<double> wanted(count);
        for (u64 cell = 0; cell < count; cell++) {
            double g = gradients[cell] + (cell < decayed ? 0.25 : 0.0) * moved[cell];
            g = std::min(std::max(g, -1e15), 1e15);
            double mean = with_adam ? 0.9 * means[cell] + 0.1 * g : 0.8 * means[cell] - 0.01 * g;
            double square = 0.999 * squares[cell] + 0.001 * g * g;
            wanted[cell] = with_adam ? moved[cell] - 0.01 * mean / (std::sqrt(square) + 1e-8)
                                     : moved[cell] + 0.8 * mean - 0.01 * g;
        }
        launch(count, [&] {
            if (with_adam)
                adam(moved.data(), gradients.data(), means.data(), squares.data(), count, decayed, 0.25f, 0.01f, 0.9f,
                     0.999f, 1e-8f);
            else
                sgd(moved.data(), gradients.data(), means.data(), count, decayed, 0.25f, 0.01f, 0.8f);
        });
        check(with_adam ? "adam" : "sgd", apart(moved, wanted), 1e-5);
    }

    auto wide = noise(1000);
    wide[0] = NAN, wide[1] = INFINITY, wide[2] = 1.00390625f, wide[3] = 1.01171875f; // the last two are ties
    std::vector<u16> narrowed(wide.size());
    launch(wide.size(), [&] { narrow(wide.data(), narrowed.data(), wide.size()); });
    double worst = 0;
    for (size_t at = 2; at < wide.size(); at++) {
        unsigned bits = (unsigned)narrowed[at] << 16;
        float back;
        memcpy(&back, &bits, 4);
        worst = std::max(worst, (double)std::fabs(back - wide[at]) / std::fabs(wide[at]));
    }
    check("narrow", worst, 1.0 / 256);
    check("narrow, odd numbers",
          !(narrowed[0] == 0x7FC0 && narrowed[1] == 0x7F80 && narrowed[2] == 0x3F80 && narrowed[3] == 0x3F82), 0);

    printf(failures ? "%d kernels are wrong\n" : "all kernels are right on the CPU\n", failures);
    return failures != 0;
}
