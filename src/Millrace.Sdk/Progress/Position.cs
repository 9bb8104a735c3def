using System.Text.Json.Nodes;

namespace Millrace.Sdk;

/// <summary>
/// How far a split was read: small, printable JSON that only its source understands. It carries a version of its own in
/// <c>v</c> where its source expects to change it.
/// </summary>
public sealed record Position(JsonObject Value)
{
    public bool Equals(Position? other) => other is not null && JsonNode.DeepEquals(Value, other.Value);

    public override int GetHashCode() => Value.ToJsonString().GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Value.ToJsonString();
}
