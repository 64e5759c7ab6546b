package sigv4_test

import (
	"bytes"
	"fmt"
	"net/http"
	"testing"

	"github.com/statordb/stator/internal/sigv4"
)

func BenchmarkVerify(b *testing.B) {
	for _, size := range []int{0, 128, 1 << 10, 64 << 10} {
		body := bytes.Repeat([]byte("x"), size)
		r := dynamoRequest(b, body)
		sign(b, r, body, "dynamodb", "us-east-1", "", signedAt)
		b.Run(fmt.Sprintf("header/body=%d", size), func(b *testing.B) { bench(b, resend(b, r, body), body) })
	}
	body := []byte("{}")
	r := dynamoRequest(b, body)
	sign(b, r, body, "dynamodb", "us-east-1", "FwoGZXIvYXdzEBYaD"+string(bytes.Repeat([]byte("x"), 300)), signedAt)
	b.Run("token", func(b *testing.B) { bench(b, resend(b, r, body), body) })
	r = dynamoRequest(b, body)
	presign(b, r, body, "dynamodb", "us-east-1", "", signedAt)
	b.Run("presigned", func(b *testing.B) { bench(b, resend(b, r, body), body) })
	r = dynamoRequest(b, body)
	sign(b, r, body, "dynamodb", "us-east-1", "", signedAt)
	r = resend(b, r, body)
	b.Run("parallel", func(b *testing.B) {
		v := sigv4.New(lookup)
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := v.Verify(b.Context(), r, body, signedAt, "dynamodb"); err != nil {
					b.Fatal(err)
				}
			}
		})
	})
	b.Run("newkey", func(b *testing.B) { // the first request of a key: nothing cached
		b.ReportAllocs()
		for b.Loop() {
			if _, err := sigv4.New(lookup).Verify(b.Context(), r, body, signedAt, "dynamodb"); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func bench(b *testing.B, r *http.Request, body []byte) {
	v := sigv4.New(lookup)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.Verify(b.Context(), r, body, signedAt, "dynamodb"); err != nil {
			b.Fatal(err)
		}
	}
}
