namespace Millrace.Sdk;

/// <summary>
/// What the sources of several streams share while they are read together, such as the moment as of which all of them are read.
/// Any thread may call.
/// </summary>
/// <param name="streams">Names of the streams that are going to be read.</param>
public sealed class SharedReads(IEnumerable<string> streams) : IAsyncDisposable
{
    private readonly Dictionary<string, IAsyncDisposable> _shared = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private List<string> _streams = [.. streams];

    /// <summary>How many streams may be read from their beginning at once, where all of them are followed.</summary>
    public int Parallel { get; init; } = 1;

    /// <summary>The streams, those that came later among them.</summary>
    public IReadOnlyList<string> Streams => Volatile.Read(ref _streams);

    /// <summary>A stream that is read too from now on.</summary>
    public void Add(string stream)
    {
        lock (_lock)
        {
            Volatile.Write(ref _streams, [.. _streams, stream]);
        }
    }

    /// <summary>What is shared under a name; the first caller makes it. It lives as long as this.</summary>
    public T Get<T>(string name, Func<T> make)
        where T : class, IAsyncDisposable
    {
        lock (_lock)
        {
            if (!_shared.TryGetValue(name, out IAsyncDisposable? shared))
            {
                _shared[name] = shared = make();
            }

            return (T)shared;
        }
    }

    /// <summary>A stream will not be read any more in this run.</summary>
    public async ValueTask EndAsync(string stream)
    {
        ISharedRead[] told;
        lock (_lock)
        {
            told = [.. _shared.Values.OfType<ISharedRead>()];
        }

        foreach (ISharedRead shared in told)
        {
            await shared.EndAsync(stream).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable shared in _shared.Values)
        {
            await shared.DisposeAsync().ConfigureAwait(false);
        }
    }
}

/// <summary>What several streams share and waits for all of them.</summary>
public interface ISharedRead : IAsyncDisposable
{
    /// <summary>A stream has been read, or will not be: nothing is to wait for it. Any thread may call; it does not throw.</summary>
    ValueTask EndAsync(string stream);
}
