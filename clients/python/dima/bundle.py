"""A model's folder, published or downloaded: its manifest, and its graphs in ONNX Runtime."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Dict, Optional, Sequence, Union

import onnxruntime

from .errors import DimaError

FORMATS = (2, 3)


class Graph:
    """One graph. Calling it with arrays [B, ...] by name gives its outputs by name, float32."""

    def __init__(self, content: bytes, providers: Optional[Sequence[Any]]) -> None:
        chosen = providers or ["CPUExecutionProvider"]
        self._session = onnxruntime.InferenceSession(content, providers=chosen)
        self._outputs = [output.name for output in self._session.get_outputs()]

    def __call__(self, **inputs: Any) -> Dict[str, Any]:
        return dict(zip(self._outputs, self._session.run(self._outputs, inputs)))


def read_manifest(folder: Union[str, Path]) -> Dict[str, Any]:
    """manifest.json of a model of this kind. DimaError ``invalid_bundle`` naming the folder."""
    try:
        manifest = json.loads(Path(folder, "manifest.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise _refused(folder, f"manifest.json can't be read: {error}") from None
    if not isinstance(manifest, dict) or manifest.get("formatVersion") not in FORMATS:
        given = manifest.get("formatVersion") if isinstance(manifest, dict) else None
        raise _refused(folder, f"manifest.json has formatVersion {given}, this reads 2 and 3")
    if manifest.get("kind", "dima") != "dima":
        raise _refused(folder, f"a model of kind {manifest['kind']}, this package has dima")
    return manifest


def open_graphs(
    folder: Union[str, Path], manifest: Dict[str, Any], providers: Optional[Sequence[Any]]
) -> Dict[str, Graph]:
    """Those that the manifest lists, by name, each checked against its sha256."""
    return {
        name: _open(Path(folder), listed, providers)
        for name, listed in manifest["graphs"].items()
        if name != "rewardStep"  # of live sessions
    }


def _open(folder: Path, listed: Dict[str, Any], providers: Optional[Sequence[Any]]) -> Graph:
    file = str(listed["file"])
    if Path(file).name != file:
        raise _refused(folder, f"{file} is no file of this folder")
    try:
        content = (folder / file).read_bytes()
    except OSError as error:
        raise _refused(folder, f"{file} can't be read: {error}") from None
    if hashlib.sha256(content).hexdigest() != listed["sha256"]:
        raise _refused(folder, f"{file} has another sha256 than manifest.json lists")
    return Graph(content, providers)


def _refused(folder: Union[str, Path], reason: str) -> DimaError:
    return DimaError("invalid_bundle", f"{folder}: {reason}", hint="Download or copy it again.")
