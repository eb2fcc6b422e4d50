#!/bin/sh
# Makes clip.mp4.gz, the one real clip that every sample is derived from by byte surgery.
# Not run by the tests. Made with ffmpeg 5.1 (libx264 164); another version gives other bytes and the same facts.
#
# A still colour gradient, 1920x1080, 25 fps, 3:00; silence in AAC-LC stereo, 48 kHz; index first.
# One group of 250 pictures is encoded and then repeated without encoding: quick, and it packs small.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/clip.mp4.gz}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ffmpeg -v error -nostdin -y \
    -f lavfi -i "gradients=s=1920x1080:r=25:c0=0x1b6ca8:c1=0x0a2540:x0=0:y0=0:x1=1919:y1=1079:nb_colors=2:speed=0.00001:d=0.04,loop=loop=-1:size=1,setsar=1,format=yuv420p" \
    -t 10 -c:v libx264 -preset veryfast -profile:v high -crf 40 -bf 0 -g 250 -keyint_min 250 -sc_threshold 0 \
    -colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv \
    "$work/group.mp4"

ffmpeg -v error -nostdin -y -stream_loop 17 -i "$work/group.mp4" \
    -f lavfi -i "anullsrc=r=48000:cl=stereo" \
    -map 0:v -map 1:a -t 180 -c:v copy -c:a aac -profile:a aac_low -b:a 64k \
    -map_metadata -1 -fflags +bitexact -flags:a +bitexact \
    -metadata creation_time=2021-06-15T04:00:00Z -metadata title="vidcheck sample" \
    -metadata:s:v language=chi -metadata:s:a language=zho \
    -movflags +faststart -brand mp42 \
    "$work/clip.mp4"

gzip -9 -n -c "$work/clip.mp4" >"$out"
ls -l "$work/clip.mp4" "$out"
