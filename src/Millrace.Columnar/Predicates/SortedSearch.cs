namespace Millrace.Columnar;

/// <summary>Looks for a place in values that are in their order, wherever they lie.</summary>
public static class SortedSearch
{
    /// <summary>The first of some values that is not below a bound; their number where all are.</summary>
    /// <typeparam name="T">What the values and the bound are known by.</typeparam>
    /// <param name="count">Number of values.</param>
    /// <param name="state">Handed to the test, which then needs no closure.</param>
    /// <param name="isBelow">Whether the value of a number is below the bound; false from some number on.</param>
    public static int FirstFrom<T>(int count, T state, Func<T, int, bool> isBelow)
        where T : allows ref struct
    {
        int low = 0;
        int high = count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = isBelow(state, middle) ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
