namespace Millrace.Formats.Compression;

/// <summary>
/// Keeps a few expensive codec states for reuse, one for each processor at most. What finds no slot is disposed.
/// </summary>
internal sealed class StatePool<T>(Func<T> create)
    where T : class, IDisposable
{
    private readonly T?[] _slots = new T?[Environment.ProcessorCount];

    public T Rent()
    {
        for (int i = 0; i < _slots.Length; i++)
        {
            if (Volatile.Read(ref _slots[i]) is not null && Interlocked.Exchange(ref _slots[i], null) is { } state)
            {
                return state;
            }
        }

        return create();
    }

    public void Return(T state)
    {
        for (int i = 0; i < _slots.Length; i++)
        {
            if (Interlocked.CompareExchange(ref _slots[i], state, null) is null)
            {
                return;
            }
        }

        state.Dispose();
    }
}
