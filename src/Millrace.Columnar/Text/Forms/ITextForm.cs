namespace Millrace.Columnar;

/// <summary>How the values of one fixed-width type are written as UTF-8 text and read back.</summary>
public interface ITextForm<T> : IValueFormatter<T>
    where T : unmanaged
{
    bool TryParse(ReadOnlySpan<byte> text, out T value);
}

/// <summary>Work that is generic over a type's text form.</summary>
public interface ITextFormVisitor<out TResult>
{
    TResult Visit<T, TForm>(TForm form)
        where T : unmanaged
        where TForm : struct, ITextForm<T>;
}
