using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Millrace.Sdk;

/// <summary>
/// How far a split was read: small, printable JSON that only its source understands. It carries a version of its own in
/// <c>v</c> where its source expects to change it. A job may keep hundreds of thousands, so it is held as text.
/// </summary>
public sealed class Position : IEquatable<Position>
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly byte[] _text;

    public Position(JsonObject value) => _text = Write(json => value.WriteTo(json));

    /// <summary>A position that was kept.</summary>
    /// <param name="value">An object.</param>
    internal Position(JsonElement value) => _text = Write(value.WriteTo);

    /// <summary>The position as an object of its own, made anew by every call.</summary>
    public JsonObject Value => JsonNode.Parse(_text)!.AsObject();

    /// <summary>The position as JSON in UTF-8, without spaces.</summary>
    public ReadOnlySpan<byte> Utf8 => _text;

    public static bool operator ==(Position? left, Position? right) => left?.Equals(right) ?? right is null;

    public static bool operator !=(Position? left, Position? right) => !(left == right);

    public bool Equals(Position? other)
        => other is not null && (ReferenceEquals(this, other) || _text.AsSpan().SequenceEqual(other._text) || JsonNode.DeepEquals(Value, other.Value));

    public override bool Equals(object? obj) => Equals(obj as Position);

    // The order of members makes no difference, so only their number goes into it.
    public override int GetHashCode() => Value.Count;

    public override string ToString() => Encoding.UTF8.GetString(_text);

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var text = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text, Compact))
        {
            write(json);
        }

        return text.WrittenSpan.ToArray();
    }
}
