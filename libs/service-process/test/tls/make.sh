#!/bin/sh
# Made these files: an authority, a server and a client of it, and a client of another authority. They protect nothing.
set -e
cd "$(dirname "$0")"
authority() { openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj "/CN=$1" -keyout "$1.key" -out "$1.pem"; }
signed() { # name authority
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$1" -keyout "$1.key" -out "$1.csr"
  printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\n' > extensions
  openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days 36500 -extfile extensions -out "$1.pem"
}
authority ca
authority other-ca
signed service ca
signed gateway ca
signed stranger other-ca
rm -f ./*.csr ./*.srl extensions ca.key other-ca.key
