namespace Millrace.Columnar.Tests.Kernels;

public sealed class MinMaxTests
{
    public static TheoryData<TypeId, int> Cases() => KernelCases.TypesAndSeeds();

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_rows_found_are_the_first_of_the_least_and_the_greatest_values(TypeId id, int seed)
    {
        using var leaks = new LeakCheck();
        foreach ((RandomBatches random, int rows) in KernelCases.For(id, seed, edgeDensity: 0.05))
        {
            using Column column = random.Column(KernelCases.TypeOf(random, id), rows);
            int[] valid = [.. Enumerable.Range(0, rows).Where(i => !column.IsNull(i))];
            object?[] values = Model.Values(column);
            var order = Comparer<int>.Create((a, b) => Model.Compare(values[a], values[b]));

            bool found = MinMax.TryFind(column, out int min, out int max);

            Assert.Equal(valid.Length > 0, found);
            if (found)
            {
                Assert.Equal(valid.Order(order).First(), min);
                int greatest = valid.Max(order);
                Assert.Equal(valid.First(i => order.Compare(i, greatest) == 0), max);
            }
        }
    }
}
