namespace Millrace.Columnar.Tests.Predicates;

public sealed class SortedSearchTests
{
    [Fact]
    public void The_first_value_that_is_not_below_a_bound_is_found_wherever_it_is()
    {
        for (int count = 0; count < 40; count++)
        {
            // Even numbers, each twice; bounds are met, lie between, below and above.
            int[] values = [.. Enumerable.Range(0, count).Select(i => i / 2 * 2)];
            for (int bound = -1; bound <= count + 1; bound++)
            {
                int expected = values.TakeWhile(v => v < bound).Count();
                Assert.Equal(expected, SortedSearch.FirstFrom(count, (values, bound), static (s, i) => s.values[i] < s.bound));
            }
        }
    }
}
