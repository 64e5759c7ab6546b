import { Component, type ReactNode } from "react";
import { Failure } from "../parts/failure";

interface BoundaryProps {
  /** Another place is another attempt. */
  place: string;
  children: ReactNode;
}

/** Shows why a page could not be shown, instead of nothing: a fault of ours, or its code could not be loaded. */
export class Boundary extends Component<BoundaryProps, { error?: unknown; place: string }> {
  state: { error?: unknown; place: string } = { place: this.props.place };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  static getDerivedStateFromProps({ place }: BoundaryProps, state: { place: string }) {
    return place === state.place ? null : { place, error: undefined };
  }

  render() {
    if (this.state.error === undefined) return this.props.children;
    return <Failure error={this.state.error} retry={() => location.reload()} />;
  }
}
