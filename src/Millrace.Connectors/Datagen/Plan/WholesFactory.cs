using System.Globalization;

namespace Millrace.Connectors.Datagen;

/// <summary>Makes the whole numbers of the kinds whose values do not depend on a type, so that other columns can use them too.</summary>
internal static class WholesFactory
{
    /// <summary>The numbers of a field; null for kinds that have none. Those of an enum are the places of its values.</summary>
    public static Wholes? Of(NamedField field, long seed)
    {
        Dice dice = Dice.Of(seed, field.Column);
        return field.Options switch
        {
            SequenceField sequence => new SequenceWholes(sequence.Start, sequence.Step, sequence.Cycle),
            ZipfField zipf => ZipfWholes.Of(dice, zipf.Min, Count(field, zipf), zipf.Exponent),
            ReferenceField reference => Reference(field, reference, dice),
            BooleanField boolean => new CoinWholes(dice, boolean.Probability),
            EnumField choice => Choice(field, choice, dice),
            _ => null,
        };
    }

    private static long Count(NamedField field, ZipfField zipf)
    {
        if (zipf.Max < zipf.Min)
        {
            throw DatagenErrors.Field(field.Column, $"has min {zipf.Min}, which is more than max {zipf.Max}", field.Place);
        }

        Int128 count = (Int128)zipf.Max - zipf.Min + 1;
        return count <= DatagenOptions.MaxRows
            ? (long)count
            : throw DatagenErrors.Field(field.Column, $"has {count} values from min to max, and {DatagenOptions.MaxRows} is the most", field.Place);
    }

    private static Wholes Reference(NamedField field, ReferenceField reference, Dice dice)
    {
        Wholes rows = ZipfWholes.Of(dice, 0, reference.Rows, reference.Exponent);
        var keys = new ScaledWholes(rows, reference.Start, reference.Step);
        return keys.Least(0, 0) >= long.MinValue && keys.Most(0, 0) <= long.MaxValue
            ? keys
            : throw DatagenErrors.Field(field.Column, "refers to keys that do not fit 64 bits", field.Place);
    }

    private static Wholes Choice(NamedField field, EnumField choice, Dice dice)
    {
        int count = choice.Values.Count;
        if (count is 0 or > AliasTable.MaxCount)
        {
            throw DatagenErrors.Field(field.Column, $"has {count} values; 1 to {AliasTable.MaxCount} are possible", field.Place);
        }

        if (choice.Weights.Count == 0)
        {
            return new UniformWholes(dice, 0, (ulong)count - 1);
        }

        if (choice.Weights.Count != count)
        {
            throw DatagenErrors.Field(field.Column, $"has {count} values and {choice.Weights.Count} weights", field.Place, "Give every value a weight, in the same order.");
        }

        double[] weights = [.. choice.Weights.Select(w => Weight(field, w))];
        return weights.Sum() is > 0 and < double.PositiveInfinity
            ? new WeightedWholes(dice, new AliasTable(weights), 0)
            : throw DatagenErrors.Field(field.Column, "has weights whose sum is not a number above 0", field.Place);
    }

    private static double Weight(NamedField field, string text)
        => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double weight) && weight >= 0 && double.IsFinite(weight)
            ? weight
            : throw DatagenErrors.Field(field.Column, $"has the weight '{text}', which is no number from 0 on", field.Place);
}
