namespace Millrace.Runtime.Streaming;

/// <summary>
/// Hands pieces of memory from a thread that makes them to a task that writes them, one at a time: the maker, which has a thread
/// of its own, waits until its piece was taken care of and then uses the memory again. The writer never blocks a thread.
/// </summary>
internal sealed class PieceHandover : IDisposable
{
    private readonly SemaphoreSlim _filled = new(0);
    private readonly SemaphoreSlim _free = new(0);
    private ReadOnlyMemory<byte>? _piece;
    private volatile bool _isOver;

    /// <summary>Gives a piece, and waits until it was written; called by the maker.</summary>
    public void Give(ReadOnlyMemory<byte> piece)
    {
        _piece = piece;
        _filled.Release();
        _free.Wait();
        if (_isOver)
        {
            throw new OperationCanceledException("The pieces are not written any more.");
        }
    }

    /// <summary>There are no more pieces; called by the maker, also when it failed.</summary>
    public void End()
    {
        _piece = null;
        _filled.Release();
    }

    /// <summary>Writes the pieces until they end.</summary>
    public async ValueTask WriteAsync(Func<ReadOnlyMemory<byte>, ValueTask> write)
    {
        try
        {
            while (true)
            {
                await _filled.WaitAsync().ConfigureAwait(false);
                if (_piece is not { } piece)
                {
                    return;
                }

                await write(piece).ConfigureAwait(false);
                _free.Release();
            }
        }
        finally
        {
            // The maker of a piece that could not be written waits still.
            _isOver = true;
            _free.Release();
        }
    }

    public void Dispose()
    {
        _filled.Dispose();
        _free.Dispose();
    }
}
