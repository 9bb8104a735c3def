namespace Millrace.Connectors.Common;

/// <summary>
/// Finds, among rows that a server does not take all at once, those that it refuses: they are halved until each stands alone.
/// Parts are brought in in order, so the outcome is that of all at once.
/// </summary>
/// <typeparam name="TRefusal">What the server has against a row.</typeparam>
/// <param name="bringIn">Brings in the rows from one to another; null when the server took them, else nothing was changed.</param>
/// <param name="setAside">Reports a row; false when there is none of that number.</param>
internal sealed class RefusedRows<TRefusal>(Func<long, long, ValueTask<TRefusal?>> bringIn, Func<long, TRefusal, ValueTask<bool>> setAside)
    where TRefusal : Exception
{
    /// <returns>Rows that were set aside.</returns>
    public async ValueTask<long> FindAsync(long first, long last)
    {
        if (await bringIn(first, last).ConfigureAwait(false) is not { } refusal)
        {
            return 0;
        }

        if (first == last)
        {
            return await setAside(first, refusal).ConfigureAwait(false) ? 1 : 0;
        }

        long middle = first + ((last - first) / 2);
        return await FindAsync(first, middle).ConfigureAwait(false) + await FindAsync(middle + 1, last).ConfigureAwait(false);
    }
}
