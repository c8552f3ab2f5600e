"""What there is to know about recordings and TFRecord files before anything is trained on them."""
