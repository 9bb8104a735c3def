namespace Millrace.Columnar.Tests.Kernels;

/// <summary>Columns of every type, plain and sliced at odd offsets, without nulls, with some and with nothing else.</summary>
internal static class KernelCases
{
    private static readonly int[] Lengths = [0, 1, 64, 261];
    private static readonly double[] NullDensities = [0, 0.2, 1];

    /// <summary>Seeds for theories; each seed is one combination of length, nulls and slicing for each type.</summary>
    public static TheoryData<TypeId, int> TypesAndSeeds()
    {
        var data = new TheoryData<TypeId, int>();
        foreach (TypeId type in Enum.GetValues<TypeId>())
        {
            for (int seed = 0; seed < 2; seed++)
            {
                data.Add(type, seed);
            }
        }

        return data;
    }

    public static IEnumerable<TypeId> Comparable
        => Enum.GetValues<TypeId>().Where(t => t is not (TypeId.List or TypeId.Struct or TypeId.Map));

    /// <summary>Generators over all combinations, each with the length to make.</summary>
    public static IEnumerable<(RandomBatches Random, int Rows)> For(TypeId type, int seed, double edgeDensity = 0.1)
    {
        foreach (bool sliced in (bool[])[false, true])
        {
            foreach (double nulls in NullDensities)
            {
                foreach (int rows in Lengths)
                {
                    IReadOnlyList<TypeId> types = type is TypeId.List or TypeId.Struct or TypeId.Map
                        ? [type, TypeId.Utf8, TypeId.Int32, TypeId.Dictionary, TypeId.Boolean]
                        : [type];
                    yield return (new RandomBatches((seed * 1000) + rows, new RandomOptions { Sliced = sliced, NullDensity = nulls, Types = types, EdgeDensity = edgeDensity, MaxTextLength = 12 }), rows);
                }
            }
        }
    }

    /// <summary>A random type whose outermost part is of the id asked for.</summary>
    public static DataType TypeOf(RandomBatches random, TypeId id)
    {
        while (true)
        {
            DataType type = random.Type();
            if (type.Id == id)
            {
                return type;
            }
        }
    }

    /// <summary>A mask, itself a slice at an odd place; the caller disposes it.</summary>
    public static BooleanColumn Mask(Random random, int rows, double density, double nulls = 0)
    {
        int before = random.Next(1, 13);
        using var builder = new BooleanBuilder();
        while (builder.Length < before + rows)
        {
            // Runs, so that whole words of ones and zeros occur.
            builder.AppendRun(random.NextDouble() < density, Math.Min(before + rows - builder.Length, random.Next(4) == 0 ? random.Next(1, 200) : 1));
        }

        for (int i = 0; i < builder.Length; i++)
        {
            if (random.NextDouble() < nulls)
            {
                builder.SetNull(i);
            }
        }

        using Column whole = builder.Build();
        return (BooleanColumn)whole.Slice(before, rows);
    }
}
