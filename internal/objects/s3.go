package objects

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// s3Bucket keeps all buckets of all accounts in one real bucket of a server that speaks S3.
type s3Bucket struct {
	client *s3.Client
	bucket string
	prefix string // "" or ended by a slash
}

func openS3(u *url.URL, getenv func(string) string) (*Store, error) {
	q := u.Query()
	for name := range q {
		if name != "endpoint" && name != "region" {
			return nil, fmt.Errorf("objects: s3:// has no parameter %q, only endpoint and region", name)
		}
	}
	if u.Host == "" || u.User != nil {
		return nil, errors.New("objects: it is s3://bucket or s3://bucket/prefix; the access key is in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	}
	id, secret := getenv("AWS_ACCESS_KEY_ID"), getenv("AWS_SECRET_ACCESS_KEY")
	if id == "" || secret == "" {
		return nil, errors.New("objects: s3:// needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	}
	region := q.Get("region")
	if region == "" {
		region = "us-east-1"
	}
	o := s3.Options{
		Region:      region,
		Credentials: credentials.NewStaticCredentialsProvider(id, secret, getenv("AWS_SESSION_TOKEN")),
		// Not every server knows the checksums that AWS's has.
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
	}
	if e := q.Get("endpoint"); e != "" {
		o.BaseEndpoint, o.UsePathStyle = aws.String(e), true
	}
	prefix := strings.Trim(u.Path, "/")
	if prefix != "" {
		prefix += "/"
	}
	return &Store{&s3Bucket{client: s3.New(o), bucket: u.Host, prefix: prefix}}, nil
}

func (s *s3Bucket) at(b Bucket) string { return s.prefix + b.Account + "/" + b.Name + "/" }

func (s *s3Bucket) put(ctx context.Context, b Bucket, key string, content []byte) error {
	_, err := s.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &s.bucket, Key: aws.String(s.at(b) + key), Body: bytes.NewReader(content), ContentLength: aws.Int64(int64(len(content))),
	})
	return err
}

func (s *s3Bucket) open(ctx context.Context, b Bucket, key string) (io.ReadCloser, error) {
	out, err := s.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &s.bucket, Key: aws.String(s.at(b) + key)})
	var none *types.NoSuchKey
	if errors.As(err, &none) {
		return nil, ErrNoObject
	}
	if err != nil {
		return nil, err
	}
	return out.Body, nil
}

func (s *s3Bucket) list(ctx context.Context, b Bucket, prefix, after string, limit int) ([]Object, error) {
	in := &s3.ListObjectsV2Input{Bucket: &s.bucket, Prefix: aws.String(s.at(b) + prefix), MaxKeys: aws.Int32(int32(limit))}
	if after != "" {
		in.StartAfter = aws.String(s.at(b) + after)
	}
	out, err := s.client.ListObjectsV2(ctx, in)
	if err != nil {
		return nil, err
	}
	found := make([]Object, 0, len(out.Contents))
	for _, o := range out.Contents {
		found = append(found, Object{strings.TrimPrefix(aws.ToString(o.Key), s.at(b)), aws.ToInt64(o.Size)})
	}
	return found, nil
}

func (s *s3Bucket) close() error { return nil }
