namespace Millrace.Sql.Streaming;

/// <summary>
/// What tells windows, or pieces of windows, apart: a bound in the unit of its column. Null bounds, as joins make them, come
/// last and never close before the end.
/// </summary>
internal readonly record struct WindowId(long Value, bool IsNull) : IComparable<WindowId>
{
    public static WindowId Null { get; } = new(0, true);

    public static WindowId Of(long value) => new(value, false);

    public int CompareTo(WindowId other) => IsNull != other.IsNull ? IsNull.CompareTo(other.IsNull) : Value.CompareTo(other.Value);
}
