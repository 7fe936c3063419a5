"""Networks: from an ONNX file to integer layers."""
