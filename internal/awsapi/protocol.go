package awsapi

// Protocol is the form that requests have, and their answers.
type Protocol uint8

// The protocols. CBOR is Smithy RPC v2 CBOR, which the current SDKs speak with CloudWatch; a service that had another
// protocol before still has that one too. REST is REST JSON, whose operations have paths.
const (
	JSON Protocol = iota
	Query
	CBOR
	REST
)

// Read reads the input of an operation into dst, a pointer to an input type of the AWS SDK for Go, in the protocol of the
// request: JSON, Query or CBOR.
func (r *Request) Read(dst any) error {
	switch r.Protocol {
	case Query:
		return DecodeQuery(r.Form, dst)
	case CBOR:
		return DecodeCBOR(r.Body, dst)
	}
	return DecodeJSON(r.Body, dst)
}

// Answer appends the output of an operation, an output type of the AWS SDK for Go or a pointer to one, in the protocol of
// the request. Namespace is the one of the service in XML.
func (r *Request) Answer(dst []byte, operation, namespace string, out any) ([]byte, error) {
	switch r.Protocol {
	case Query:
		return AppendXML(dst, operation, namespace, out, r.ID), nil
	case CBOR:
		return AppendCBOR(dst, out)
	}
	return AppendJSON(dst, out), nil
}
