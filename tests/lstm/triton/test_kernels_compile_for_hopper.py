"""The compilers, which need no GPU, accept the kernels, and find registers for what is to stay in them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from triton import compile as compile_kernel
from triton import knobs
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource

from audiogan.lstm.triton import launch
from audiogan.lstm.triton.adjoint import adjoint_kernel
from audiogan.lstm.triton.backward import backward_kernel
from audiogan.lstm.triton.forward import forward_kernel
from audiogan.lstm.triton.tangent import tangent_kernel

HOPPER = GPUTarget("cuda", 90, 32)

KERNELS: dict[str, tuple[Any, dict[str, int]]] = {
    "forward": (forward_kernel, {"keep": True, "lanes": launch._LANES_BY_GATE}),
    "backward": (backward_kernel, {"keep": True}),
    "tangent": (tangent_kernel, {"lanes": launch._LANES_BY_GATE}),
    "adjoint": (adjoint_kernel, {}),
}
TENSORS = {"z", "states", "u", "gates", "c", "y_bar", "last", "delta", "bars", "first", "z_dot", "states_dot", "c_dot"}
TENSORS |= {"h_external"}


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize(("dtype", "hidden"), [("fp32", 64), ("fp32", 100), ("fp64", 16)])
def test_a_kernel_compiles(name: str, dtype: str, hidden: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRITON_CACHE_DIR", str(tmp_path))
    kernel, constants = KERNELS[name]
    size = launch._size_of_program(hidden)
    constants = {"lanes": launch._lanes_over_gates(hidden), **constants}
    constants |= {"hidden": hidden, "padded": size["padded"]}
    signature = {
        parameter: "constexpr" if parameter in constants else f"*{dtype}" if parameter in TENSORS else "i32"
        for parameter in kernel.arg_names
    }
    aligned = [["tt.divisibility", 16]]
    attributes = {(i,): aligned for i, parameter in enumerate(kernel.arg_names) if parameter in TENSORS - {"u"}}
    compiled = compile_kernel(
        ASTSource(kernel, signature, constants, attributes),
        target=HOPPER,
        options={"num_warps": size["num_warps"], "num_stages": size["num_stages"]},
    )
    assert ".target sm_90" in compiled.asm["ptx"]
    if weights_fit(hidden, dtype):
        assert stack_bytes(compiled.asm["cubin"], tmp_path) == 0, "weights have left the registers"
        # A step's exchanges between threads: the vector of the product, and at most two stores. Each has two barriers.
        assert exchanges_in_loop(compiled.asm["ttgir"]) <= 3


def weights_fit(hidden: int, dtype: str) -> bool:
    return hidden <= (64 if dtype == "fp32" else 16)


def stack_bytes(cubin: bytes, folder: Path) -> int:
    file = folder / "kernel.cubin"
    file.write_bytes(cubin)
    said = subprocess.run([knobs.nvidia.cuobjdump.path, "-res-usage", file], capture_output=True, text=True, check=True)
    found = re.search(r"STACK:(\d+)", said.stdout + said.stderr)
    assert found is not None
    return int(found.group(1))


def exchanges_in_loop(intermediate: str) -> int:
    loop = intermediate[intermediate.index("scf.for") : intermediate.index("scf.yield")]
    return loop.count("ttg.convert_layout")
