namespace Millrace.Columnar.Tests.Kernels;

public sealed class ValueSetTests
{
    public static TheoryData<TypeId, int> Cases() => KernelCases.TypesAndSeeds();

    // Few values are compared, many looked up.
    [Theory]
    [MemberData(nameof(Cases))]
    public void A_row_is_found_if_it_equals_a_value(TypeId id, int seed)
    {
        using var leaks = new LeakCheck();
        foreach ((RandomBatches random, int rows) in KernelCases.For(id, seed, edgeDensity: 0.5))
        {
            DataType type = KernelCases.TypeOf(random, id);
            using Column column = random.Column(type, rows);
            using Column others = random.Column(type, 40);
            using Column both = Concat.Columns([column, others]);
            foreach (int count in (int[])[0, 1, 8, 9, 40])
            {
                int[] chosen = [.. Enumerable.Range(0, count).Select(_ => random.Random.Next(both.Length)).Where(i => !both.IsNull(i))];
                using Column values = Take.Rows(both, chosen);
                object?[] known = Model.Values(values);
                using ValueSet set = ValueSet.Create(values);

                using BooleanColumn found = set.Contains(column);

                Assert.Equal([.. Model.Values(column).Select(v => v is null ? (bool?)null : known.Any(k => Model.Compare(k, v) == 0))], Model.Booleans(found));
            }
        }
    }

    [Fact]
    public void A_dictionary_counts_as_its_values()
    {
        using var leaks = new LeakCheck();
        var random = new RandomBatches(5, new RandomOptions { Sliced = true });
        using Column column = random.Column(DataType.Dictionary(DataType.Utf8), 300);
        using Column plain = Dictionaries.Decode(column, DataType.Utf8);
        foreach (int count in (int[])[3, 30])
        {
            using Column values = Take.Rows(plain, [.. Enumerable.Range(0, 300).Where(i => !plain.IsNull(i)).Take(count)]);
            using ValueSet set = ValueSet.Create(values);
            using BooleanColumn expected = set.Contains(plain);
            using BooleanColumn actual = set.Contains(column);
            Assert.Equal(Model.Booleans(expected), Model.Booleans(actual));
            Assert.Contains(true, Model.Booleans(actual));
        }
    }

    [Fact]
    public void A_null_cannot_be_in_a_set()
    {
        using var leaks = new LeakCheck();
        using var builder = new FixedBuilder<int>(DataType.Int32);
        builder.AppendNull();
        using Column values = builder.Build();
        Assert.Throws<ArgumentException>(() => ValueSet.Create(values));
    }
}
