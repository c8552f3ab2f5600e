"""Layers that generators and discriminators are made of."""
