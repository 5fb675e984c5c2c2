package vectors_test

import (
	"math"
	"testing"

	"aeterna.chaos/api/vectors"
)

func cosine(a, b []float32) float64 {
	var sum float64
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

func TestEmbeddingsAreUnitVectorsThatOnlyDependOnTheText(t *testing.T) {
	for _, text := range []string{"the deploy failed on friday", "", "日本語", "a"} {
		one, again := vectors.Embed(text, 64), vectors.Embed(text, 64)
		if length := cosine(one, one); math.Abs(length-1) > 1e-5 {
			t.Errorf("%q: squared length %f", text, length)
		}
		if len(one) != 64 || math.Abs(cosine(one, again)-1) > 1e-5 {
			t.Errorf("%q: not the same twice", text)
		}
	}
}

func TestTextsThatShareWordsAreNear(t *testing.T) {
	about := vectors.Embed("postgres failover takes ten seconds", 64)
	near := vectors.Embed("how long does a postgres failover take", 64)
	far := vectors.Embed("green tea with lemon", 64)
	if cosine(about, near) <= cosine(about, far)+0.1 {
		t.Errorf("near %f, far %f", cosine(about, near), cosine(about, far))
	}
}
