export default function ChangeSource() {
  return null;
}
