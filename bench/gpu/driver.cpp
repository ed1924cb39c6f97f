// A driver and a cuBLAS without a GPU: the calls that crates/ml/src/nets/cuda makes, done by plain loops on the CPU.
// It checks what it is told as the originals do, and more: memory taken and not written holds NaN, a step beyond its
// end is a fault, all must be given back in the end. It shows that the calls are right, not that a GPU obeys them,
// nor how fast. run.sh builds it as libcuda.so and libcublas.so; the kernels still go through NVIDIA's NVRTC.

#include "warp.h"
#include "../../crates/ml/src/nets/cuda/kernels.cu"

#include <map>
#include <mutex>
#include <string>
#include <sys/mman.h>
#include <utility>

enum { OK = 0, INVALID = 1, NO_CONTEXT = 201, NOT_FOUND = 500, BLAS_INVALID = 7, BLAS_UNSUPPORTED = 15 };
static const size_t PAGE = 4096;

// Calls of all threads are done one after the other.
static std::recursive_mutex calls;
#define ONE_CALL std::lock_guard<std::recursive_mutex> held(calls)

static thread_local void *current = nullptr;
static int retained = 0;
// What a GPU counts as taken: address -> bytes.
static std::map<u64, size_t> taken;
static int modules = 0, events = 0, handles = 0;

// Whether so many bytes from an address on are memory of the GPU.
static bool within(u64 address, size_t bytes) {
    auto next = taken.upper_bound(address);
    if (next == taken.begin()) return false;
    auto [start, size] = *--next;
    return address + bytes <= start + size;
}

// A kernel, and how it is called with the addresses of its arguments.
template <auto kernel> struct Called;
template <class... Argument, void (*kernel)(Argument...)> struct Called<kernel> {
    template <size_t... at> static void with(void **given, std::index_sequence<at...>) {
        kernel(*static_cast<Argument *>(given[at])...);
    }
    static void run(void **given) { with(given, std::index_sequence_for<Argument...>{}); }
};
struct Kernel {
    const char *name;
    bool rows;
    void (*run)(void **);
};
static const Kernel KERNELS[] = {
    {"gather", false, Called<gather>::run},
    {"activate", false, Called<activate>::run},
    {"compare_classes", true, Called<compare_classes>::run},
    {"compare_numbers", true, Called<compare_numbers>::run},
    {"slope", false, Called<slope>::run},
    {"adam", false, Called<adam>::run},
    {"sgd", false, Called<sgd>::run},
    {"narrow", false, Called<narrow>::run},
};

extern "C" {
int cuGetErrorName(int error, const char **out) {
    *out = error == NO_CONTEXT ? "CUDA_ERROR_INVALID_CONTEXT"
         : error == NOT_FOUND  ? "CUDA_ERROR_NOT_FOUND"
                               : "CUDA_ERROR_INVALID_VALUE";
    return OK;
}
int cuGetErrorString(int, const char **out) {
    *out = "refused by the driver without a GPU";
    return OK;
}

int cuInit(unsigned flags) { return flags == 0 ? OK : INVALID; }
int cuDeviceGet(int *device, int ordinal) {
    *device = ordinal;
    return ordinal == 0 ? OK : INVALID;
}
int cuDeviceGetName(char *name, int room, int) {
    snprintf(name, room, "no GPU but loops on the CPU");
    return OK;
}
// Memory pools, which is what is asked for.
int cuDeviceGetAttribute(int *value, int, int) {
    *value = 1;
    return OK;
}
int cuDevicePrimaryCtxRetain(void **context, int) {
    ONE_CALL;
    retained++;
    *context = &retained;
    return OK;
}
int cuDevicePrimaryCtxRelease_v2(int) {
    ONE_CALL;
    if (--retained == 0 && (!taken.empty() || modules || events || handles)) {
        fprintf(stderr, "left on the GPU: %zu tables, %d modules, %d events, %d handles\n", taken.size(), modules,
                events, handles);
        abort();
    }
    return OK;
}
int cuCtxGetCurrent(void **context) {
    *context = current;
    return OK;
}
int cuCtxSetCurrent(void *context) {
    current = context;
    return OK;
}

// Ends where a page that nobody may touch begins.
int cuMemAllocAsync(u64 *address, size_t bytes, void *) {
    ONE_CALL;
    if (!current) return NO_CONTEXT;
    if (bytes == 0) return INVALID;
    size_t whole = (bytes + PAGE - 1) / PAGE * PAGE;
    char *from = (char *)mmap(nullptr, whole + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (from == MAP_FAILED || mprotect(from + whole, PAGE, PROT_NONE)) return 2;
    memset(from, 0xFF, whole);
    *address = (u64)(from + whole - bytes);
    taken[*address] = bytes;
    return OK;
}
int cuMemFreeAsync(u64 address, void *) {
    ONE_CALL;
    auto found = taken.find(address);
    if (!current || found == taken.end()) return INVALID;
    u64 from = address / PAGE * PAGE;
    munmap((void *)from, address + found->second + PAGE - from);
    taken.erase(found);
    return OK;
}
int cuMemsetD8Async(u64 address, unsigned char value, size_t bytes, void *) {
    ONE_CALL;
    if (!current || !within(address, bytes)) return INVALID;
    memset((void *)address, value, bytes);
    return OK;
}
int cuMemcpyHtoDAsync_v2(u64 to, const void *from, size_t bytes, void *) {
    ONE_CALL;
    if (!current || !within(to, bytes)) return INVALID;
    memcpy((void *)to, from, bytes);
    return OK;
}
int cuMemcpyDtoHAsync_v2(void *to, u64 from, size_t bytes, void *) {
    ONE_CALL;
    if (!current || !within(from, bytes)) return INVALID;
    memcpy(to, (void *)from, bytes);
    return OK;
}

int cuStreamSynchronize(void *) { return current ? OK : NO_CONTEXT; }
int cuEventCreate(void **event, unsigned) {
    ONE_CALL;
    events++;
    *event = &events;
    return current ? OK : NO_CONTEXT;
}
int cuEventDestroy_v2(void *) {
    ONE_CALL;
    events--;
    return OK;
}
int cuEventRecord(void *, void *) { return current ? OK : NO_CONTEXT; }

// A module is its PTX, which NVRTC made.
int cuModuleLoadData(void **module, const void *ptx) {
    ONE_CALL;
    if (!current) return NO_CONTEXT;
    if (!strstr((const char *)ptx, ".version")) return INVALID;
    modules++;
    *module = new std::string((const char *)ptx);
    return OK;
}
int cuModuleUnload(void *module) {
    ONE_CALL;
    modules--;
    delete (std::string *)module;
    return OK;
}
int cuModuleGetFunction(void **function, void *module, const char *name) {
    bool compiled = ((std::string *)module)->find(".entry " + std::string(name) + "(") != std::string::npos;
    for (const Kernel &kernel : KERNELS)
        if (compiled && !strcmp(kernel.name, name)) {
            *function = (void *)&kernel;
            return OK;
        }
    return NOT_FOUND;
}
int cuLaunchKernel(void *function, unsigned blocks, unsigned y, unsigned z, unsigned threads, unsigned threads_y,
                   unsigned threads_z, unsigned, void *, void **given, void **) {
    ONE_CALL;
    if (!current) return NO_CONTEXT;
    if (!blocks || y != 1 || z != 1 || !threads || threads > 1024 || threads % LANES) return INVALID;
    if (threads_y != 1 || threads_z != 1) return INVALID;
    const Kernel &kernel = *(const Kernel *)function;
    blockDim.x = threads;
    launch_blocks(blocks, kernel.rows, [&] { kernel.run(given); });
    return OK;
}

int cublasCreate_v2(void **handle) {
    ONE_CALL;
    handles++;
    *handle = &handles;
    return current ? OK : 1;
}
int cublasDestroy_v2(void *) {
    ONE_CALL;
    handles--;
    return OK;
}
int cublasSetStream_v2(void *, void *) { return OK; }

// Column after column, numbers of 16 bits or of 32 by their type.
static float at(const void *table, int type, size_t place) {
    if (type == 0) return ((const float *)table)[place];
    u32 bits = (u32)((const u16 *)table)[place] << 16;
    float value;
    memcpy(&value, &bits, 4);
    return value;
}
int cublasGemmEx(void *, int turn_a, int turn_b, int m, int n, int k, const float *alpha, const void *a, int type_a,
                 int lda, const void *b, int type_b, int ldb, const float *beta, float *c, int type_c, int ldc,
                 int compute, int) {
    ONE_CALL;
    if (m <= 0 || n <= 0 || k <= 0 || lda < (turn_a ? k : m) || ldb < (turn_b ? n : k) || ldc < m) return BLAS_INVALID;
    if (type_a != type_b || (type_a != 0 && type_a != 14) || type_c != 0 || compute != 68) return BLAS_UNSUPPORTED;
    size_t bytes = type_a == 0 ? 4 : 2, deep = k, high = m, wide = n;
    if (!within((u64)a, ((turn_a ? high : deep) - 1) * lda * bytes + (turn_a ? deep : high) * bytes) ||
        !within((u64)b, ((turn_b ? deep : wide) - 1) * ldb * bytes + (turn_b ? wide : deep) * bytes) ||
        !within((u64)c, ((wide - 1) * ldc + high) * 4))
        return BLAS_INVALID;
    for (size_t column = 0; column < wide; column++)
        for (size_t row = 0; row < high; row++) {
            float sum = 0;
            for (size_t inner = 0; inner < deep; inner++)
                sum += at(a, type_a, turn_a ? row * lda + inner : inner * lda + row) *
                       at(b, type_b, turn_b ? inner * ldb + column : column * ldb + inner);
            float &out = c[column * ldc + row];
            out = *alpha * sum + (*beta == 0 ? 0 : *beta * out);
        }
    return OK;
}
int cublasSgemv_v2(void *, int turn, int m, int n, const float *alpha, const float *a, int lda, const float *x,
                   int step_x, const float *beta, float *y, int step_y) {
    ONE_CALL;
    if (turn != 0 || m <= 0 || n <= 0 || lda < m || step_x != 1 || step_y != 1) return BLAS_INVALID;
    if (!within((u64)a, ((size_t)(n - 1) * lda + m) * 4) || !within((u64)x, n * 4ul) || !within((u64)y, m * 4ul))
        return BLAS_INVALID;
    for (int row = 0; row < m; row++) {
        float sum = 0;
        for (int column = 0; column < n; column++) sum += a[(size_t)column * lda + row] * x[column];
        y[row] = *alpha * sum + (*beta == 0 ? 0 : *beta * y[row]);
    }
    return OK;
}
}
