namespace Millrace.Storage;

/// <summary>An open object. Several reads may run at once.</summary>
public interface IObjectReader : IAsyncDisposable
{
    /// <summary>As of the opening.</summary>
    ObjectInfo Info { get; }

    /// <summary>Reads at most <c>target.Length</c> bytes and returns how many; 0 only at or beyond the end.</summary>
    ValueTask<int> ReadAsync(long offset, Memory<byte> target, CancellationToken cancellation);
}
