namespace Millrace.Columnar;

/// <summary>How the values of one fixed-width type are written as UTF-8 text. A struct, so that loops over it are specialised.</summary>
public interface IValueFormatter<T>
    where T : unmanaged
{
    /// <summary>Bytes of the longest formatted value.</summary>
    int MaxLength { get; }

    /// <summary>Writes the value and returns its length; <paramref name="target"/> holds at least <see cref="MaxLength"/> bytes.</summary>
    int Format(T value, Span<byte> target);
}
