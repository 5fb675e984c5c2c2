package vectors

import (
	"hash/fnv"
	"math"
	"strings"
	"unicode"
)

// Embed maps a text to a unit vector of that size, always the same one for the same text.
//
// It is feature hashing over words and their trigrams: texts that share words or parts of words lie close together. No language
// model is involved, so nothing is understood; what is searched for by its own words is found.
func Embed(text string, size int) []float32 {
	vector := make([]float64, size)
	add := func(feature string, weight float64) {
		h := fnv.New64a()
		_, _ = h.Write([]byte(feature))
		sum := h.Sum64()
		if sum>>63 == 1 {
			weight = -weight
		}
		vector[sum%uint64(size)] += weight
	}
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for _, word := range words {
		add(word, 1)
		padded := []rune("^" + word + "$")
		for i := 0; i+3 <= len(padded); i++ {
			add(string(padded[i:i+3]), 0.3)
		}
	}
	var square float64
	for _, component := range vector {
		square += component * component
	}
	if square == 0 {
		// A cosine to nothing is not defined; a text without words still needs a place.
		vector[0], square = 1, 1
	}
	unit := make([]float32, size)
	for i, component := range vector {
		unit[i] = float32(component / math.Sqrt(square))
	}
	return unit
}
