namespace Millrace.Columnar;

/// <summary>How the values of one fixed-width type are written as UTF-8 text and read back. A struct, so that loops over it are specialised.</summary>
public interface ITextForm<T>
    where T : unmanaged
{
    /// <summary>Bytes of the longest formatted value.</summary>
    int MaxLength { get; }

    bool TryParse(ReadOnlySpan<byte> text, out T value);

    /// <summary>Writes the value and returns its length; <paramref name="target"/> holds at least <see cref="MaxLength"/> bytes.</summary>
    int Format(T value, Span<byte> target);
}

/// <summary>Work that is generic over a type's text form.</summary>
public interface ITextFormVisitor<out TResult>
{
    TResult Visit<T, TForm>(TForm form)
        where T : unmanaged
        where TForm : struct, ITextForm<T>;
}
