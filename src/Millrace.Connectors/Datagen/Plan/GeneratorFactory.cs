using Millrace.Columnar;

namespace Millrace.Connectors.Datagen;

/// <summary>Makes what fills a column out of its type and its field.</summary>
internal sealed class GeneratorFactory(FieldSet fields, long seed)
{
    // A batch holds at least one row.
    private const long MostRowBytes = 16 << 20;

    private readonly TemplateParser _templates = new(fields, seed);

    /// <summary>What fills a column; the caller disposes it.</summary>
    public ColumnGenerator Make(string column, DataType type)
    {
        NamedField field = fields.Find(column) ?? new NamedField(column, DefaultFields.Of(type) ?? throw NoDefault(column, type), new ErrorPlace());
        ColumnGenerator made = Typed(field, type);
        if (made.RowBytes > MostRowBytes)
        {
            made.Dispose();
            throw DatagenErrors.Field(column, $"can take {made.RowBytes} bytes a row, and {MostRowBytes} are the most", field.Place);
        }

        return field.Options.Nulls > 0 ? new NullsColumn(made, Dice.Of(seed, column).Fork(-1), field.Options.Nulls) : made;
    }

    private ColumnGenerator Typed(NamedField field, DataType type)
    {
        Dice dice = Dice.Of(seed, field.Column);
        return field.Options switch
        {
            EnumField choice => Chosen(field, type, choice.Values, WholesFactory.Of(field, seed)),
            ConstantField constant => Chosen(field, type, [constant.Value], null),
            BooleanField => Cast(field, new CoinColumn(WholesFactory.Of(field, seed)!), type),
            SequenceField or ZipfField or ReferenceField => Whole(field, type, WholesFactory.Of(field, seed)!),
            UniformField uniform => Uniform(field, type, uniform, dice),
            NormalField normal => Real(field, type, Normal(field, normal, dice)),
            ExponentialField exponential => Real(field, type, new ExponentialReals(dice, TypedText.Finite(field, exponential.Mean))),
            RandomWalkField walk => Real(field, type, Walk(field, walk, dice)),
            TimeField time => Time(field, type, time, dice),
            UuidField => Cast(field, new FixedBytesColumn(DataType.Uuid, dice), type),
            TextField text => Text(field, type, text, dice),
            WordsField words => Cast(field, Words(field, words, dice), type),
            TemplateField template => Cast(field, new TemplateColumn(_templates.Parse(field, template.Template)), type),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static ChosenColumn Chosen(NamedField field, DataType type, IReadOnlyList<string?> texts, Wholes? index) => new(Choices(field, type, texts), index);

    // A dictionary is made of values that are read in the type that it holds.
    private static Column Choices(NamedField field, DataType type, IReadOnlyList<string?> texts)
    {
        if (type.Id != TypeId.Dictionary)
        {
            return TypedText.Read(field, type, texts);
        }

        using Column values = TypedText.Read(field, type.DictionaryValue, texts);
        return Columnar.Cast.IsPossible(values.Type, type)
            ? Columnar.Cast.To(values, type).Column
            : throw DatagenErrors.Field(field.Column, $"is of type {type}, which cannot be generated", field.Place);
    }

    private static ColumnGenerator Whole(NamedField field, DataType type, Wholes values) => type.IsNumeric
        ? new WholeColumn(field.Column, type, values, type.Id == TypeId.Decimal ? Powers.OfTen(type.Scale) : 1)
        : Cast(field, new WholeColumn(field.Column, DataType.Int64, values, 1), type);

    private static ColumnGenerator Real(NamedField field, DataType type, Reals values) => type.IsNumeric
        ? new RealColumn(type, values)
        : Cast(field, new RealColumn(DataType.Float64, values), type);

    private static ColumnGenerator Uniform(NamedField field, DataType type, UniformField uniform, Dice dice)
    {
        bool hasUnits = type.IsInteger || type.Id is TypeId.Decimal or TypeId.Date or TypeId.Time or TypeId.Timestamp;
        DataType drawn = hasUnits ? type : DataType.Float64;
        (string least, string most) = DefaultFields.Range(drawn);
        (least, most) = (uniform.Min ?? least, uniform.Max ?? most);
        if (!hasUnits)
        {
            double low = TypedText.Number(field, least);
            double high = TypedText.Number(field, most);
            RequireOrder(field, low <= high, least, most);
            return Real(field, type, new UniformReals(dice, low, high));
        }

        Int128 from = TypedText.Units(field, type, least);
        Int128 to = TypedText.Units(field, type, most);
        RequireOrder(field, from <= to, least, most);
        bool fits = from >= long.MinValue && (to <= long.MaxValue || (type.Id == TypeId.UInt64 && to <= ulong.MaxValue));
        return fits
            ? new WholeColumn(field.Column, type, new UniformWholes(dice, from, (ulong)(to - from)), 1)
            : throw DatagenErrors.Field(field.Column, $"has a range from {least} to {most}, which takes more than 64 bits", field.Place);
    }

    private static NormalReals Normal(NamedField field, NormalField normal, Dice dice)
    {
        double least = normal.Min ?? double.NegativeInfinity;
        double most = normal.Max ?? double.PositiveInfinity;
        RequireOrder(field, least <= most, $"{least}", $"{most}");
        return new NormalReals(dice, TypedText.Finite(field, normal.Mean), normal.Stddev, least, most);
    }

    private WalkReals Walk(NamedField field, RandomWalkField walk, Dice dice)
    {
        const double far = 1e100;
        if (!(Math.Abs(walk.Start) <= far) || !(Math.Abs(walk.Min ?? 0) <= far) || !(Math.Abs(walk.Max ?? 0) <= far))
        {
            throw DatagenErrors.Field(field.Column, "has a start, min or max beyond 1e100", field.Place);
        }

        RequireOrder(field, !(walk.Min > walk.Max), $"{walk.Min}", $"{walk.Max}");
        Wholes? keys = null;
        if (walk.By is { } by)
        {
            NamedField used = _templates.Require(field, by, "`by`");
            keys = WholesFactory.Of(used, seed);
            if (keys?.Cardinality is null)
            {
                throw TemplateParser.Unusable(field, used);
            }
        }

        return new WalkReals(dice, walk.Start, walk.Step, walk.Min, walk.Max, keys);
    }

    private static ColumnGenerator Time(NamedField field, DataType type, TimeField time, Dice dice)
    {
        DataType drawn = type.Id == TypeId.Timestamp ? type : DataType.Timestamp();
        Int128 start = TypedText.Units(field, drawn, time.Start);
        var values = new TimeWholes(dice, (long)start, time.Step.Ticks, time.Jitter.Ticks, time.Late, drawn.Unit.PerSecond());
        return Cast(field, new WholeColumn(field.Column, drawn, values, 1), type);
    }

    private static ColumnGenerator Text(NamedField field, DataType type, TextField text, Dice dice)
    {
        int most = text.MaxLength ?? Math.Max(16, text.MinLength);
        RequireOrder(field, text.MinLength <= most, $"{text.MinLength}", $"{most}");
        if (text.Alphabet.Length == 0)
        {
            throw DatagenErrors.Field(field.Column, "has an empty alphabet", field.Place);
        }

        return type.Id switch
        {
            TypeId.Binary => new BytesColumn(dice, text.MinLength, most),
            TypeId.FixedBinary => new FixedBytesColumn(type, dice),
            _ => Cast(field, new LettersColumn(dice, text.Alphabet, text.MinLength, most), type),
        };
    }

    private static WordsColumn Words(NamedField field, WordsField words, Dice dice)
    {
        int most = words.Max ?? Math.Max(8, words.Min);
        RequireOrder(field, words.Min <= most, $"{words.Min}", $"{most}");
        return new WordsColumn(dice, words.Words.Count == 0 ? WordsColumn.Common : words.Words, words.Min, most);
    }

    private static ColumnGenerator Cast(NamedField field, ColumnGenerator made, DataType type)
    {
        if (made.Type.Equals(type))
        {
            return made;
        }

        if (!Columnar.Cast.IsPossible(made.Type, type))
        {
            made.Dispose();
            throw DatagenErrors.Field(field.Column, $"is of type {type}, and its kind makes {made.Type}", field.Place);
        }

        return new CastColumn(field.Column, made, type);
    }

    private static void RequireOrder(NamedField field, bool holds, string least, string most)
    {
        if (!holds)
        {
            throw DatagenErrors.Field(field.Column, $"has min {least}, which is more than max {most}", field.Place);
        }
    }

    private static MillraceException NoDefault(string column, DataType type)
        => DatagenErrors.Field(column, $"is of type {type}, which cannot be generated", new ErrorPlace(), "Generate its parts as columns, and put them together with SQL.");
}
