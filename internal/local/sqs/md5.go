package sqs

import (
	"crypto/md5" //nolint:gosec // the sum that SQS defines; the SDKs check it
	"encoding/binary"
	"encoding/hex"
	"hash"
	"maps"
	"slices"
	"strings"
)

func md5Hex(s string) string {
	sum := md5.Sum([]byte(s)) //nolint:gosec // as above
	return hex.EncodeToString(sum[:])
}

// md5OfAttributes is empty without attributes, else AWS's documented sum: by name, each of name, type and value
// with its length, the value after a byte that tells text (1) from binary (2).
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
func md5OfAttributes(attributes map[string]Attribute) string {
	if len(attributes) == 0 {
		return ""
	}
	sum := md5.New() //nolint:gosec // as above
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		a := attributes[name]
		writeSized(sum, name)
		writeSized(sum, a.DataType)
		if a.isBinary() {
			sum.Write([]byte{2})
			writeSized(sum, string(a.Binary))
		} else {
			sum.Write([]byte{1})
			writeSized(sum, a.String)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func writeSized(h hash.Hash, s string) {
	h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(s)))) //nolint:gosec // at most 1 MiB
	h.Write([]byte(s))
}

func (a Attribute) isBinary() bool { return strings.HasPrefix(a.DataType, "Binary") }
