#!/bin/sh
exec ./qdrant "$@"
