using System.Buffers;

namespace Millrace.Connectors.Datagen;

/// <summary>Memory for the values of a batch before they become a column's.</summary>
internal readonly ref struct Scratch<T>(int count)
{
    private readonly T[] _rented = ArrayPool<T>.Shared.Rent(count);

    public Span<T> Span => _rented.AsSpan(0, count);

    public void Dispose() => ArrayPool<T>.Shared.Return(_rented);
}
