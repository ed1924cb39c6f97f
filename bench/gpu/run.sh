# Nets on a GPU. `gpu check` needs none: the kernels run on the CPU against plain formulas (g++), go through NVIDIA's
# compiler, and every kind of training runs on a driver and a cuBLAS of plain loops (driver.cpp), against the CPU's.
# Without a word: the kernels, then the GPU against the CPU, then an epoch against PyTorch on the same GPU.
on_gpu() { (cd "$root" && cargo bench -q -p vakhta-ml --features cuda --bench gpu -- "$@"); }
# The folders of the libraries that a package of NVIDIA's brings, in front of those of the system.
libraries() {
    folders=$("$python" -c 'import nvidia, pathlib; print(":".join(str(p) for f in nvidia.__path__ for p in sorted(pathlib.Path(f).glob("*/lib"))))')
    export LD_LIBRARY_PATH="$folders${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
}
part="${1:-all}"

workplace
g++ -O1 -std=c++17 -x c++ "$here/gpu/on_cpu.cpp" -o "$work/on_cpu"
"$work/on_cpu"
if [ "$part" = check ]; then
    venv nvrtc nvidia-cuda-nvrtc-cu12==12.9.86
    libraries
    on_gpu compile
    g++ -O2 -std=c++17 -shared -fPIC "$here/gpu/driver.cpp" -o "$work/libcuda.so"
    ln -s libcuda.so "$work/libcublas.so"
    LD_LIBRARY_PATH="$work:$LD_LIBRARY_PATH" on_gpu agree
    exit
fi

if ! command -v nvidia-smi >/dev/null || ! nvidia-smi -L | grep -q GPU; then
    echo "no NVIDIA GPU on this machine: nothing was measured; \`cargo xtask bench gpu check\` is what can be checked here" >&2
    exit 3
fi
nvidia-smi -L
# PyTorch's wheel brings NVRTC and cuBLAS, so both sides multiply by the same library.
venv gpu-peers numpy==2.4.6 scikit-learn==1.9.1 torch==2.15.0
libraries
on_gpu compile
on_gpu agree
data="$cache/nets"
[ -e "$data/digits_test.y" ] || "$python" "$here/nets/make.py" "$data"
on_gpu train "$data" digits 200 50
for turn in 1 2 3; do
    for batch in 200 1024 8192; do
        for precision in 32 16; do
            on_gpu train "$data" table "$batch" 5 "$precision"
            "$python" "$here/gpu/peer.py" "$data" "$batch" 5 "$precision"
        done
    done
done
