namespace Millrace.Columnar.Tests.Kernels;

public sealed class RowEqualityTests
{
    public static TheoryData<TypeId, int> Cases() => KernelCases.TypesAndSeeds();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Pairs_of_rows_are_equal_as_their_values_are(TypeId id, int seed)
    {
        using var leaks = new LeakCheck();
        foreach ((RandomBatches random, int rows) in KernelCases.For(id, seed, edgeDensity: 0.6))
        {
            if (rows == 0)
            {
                continue;
            }

            DataType type = KernelCases.TypeOf(random, id);
            using Column left = random.Column(type, rows);
            using Column other = random.Column(type, rows);
            using Column right = Concat.Columns([left, other]);
            using Column secondLeft = random.Column(DataType.Boolean, left.Length);
            using Column secondRight = random.Column(DataType.Boolean, right.Length);
            int[] leftRows = [.. Enumerable.Range(0, 300).Select(_ => random.Random.Next(rows))];
            int[] rightRows = [.. leftRows.Select(r => random.Random.Next(2) == 0 ? r : random.Random.Next(right.Length))];
            bool[] expected = [.. leftRows.Zip(rightRows, (a, b) =>
                Model.Compare(Model.Value(left, a), Model.Value(right, b)) == 0 && Model.Compare(Model.Value(secondLeft, a), Model.Value(secondRight, b)) == 0)];

            var equal = new bool[300];
            RowEquality.Test([left, secondLeft], leftRows, [right, secondRight], rightRows, equal);
            Assert.Equal(expected, equal);
        }
    }
}
