#!/bin/sh
# No service is started by installing its package: a container runs one program, named by the image.
exit 101
