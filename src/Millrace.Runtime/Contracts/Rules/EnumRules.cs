using System.Diagnostics.CodeAnalysis;
using System.Text;
using Millrace.Columnar;

namespace Millrace.Runtime.Contracts;

/// <summary>Values are among those listed.</summary>
internal static class EnumRule
{
    /// <param name="column">The column with its list.</param>
    /// <param name="type">Type of its values.</param>
    /// <param name="rule">Who has the list, for messages; null for the column itself.</param>
    public static ContractRule Of(AssetColumn column, DataType type, string? rule = null)
    {
        if (type.IsText)
        {
            return new TextEnumRule(column) { ShowsValues = column.IsShowable };
        }

        rule ??= $"{column.Name}.enum";
        if (!Cast.IsPossible(DataType.Utf8, type))
        {
            throw ContractErrors.BadRule(rule, $"does not apply to values of {type}");
        }

        using Column values = Parse(column.Enum!, type, out IReadOnlyList<CastFailure> failures);
        if (failures is [var failure, ..])
        {
            throw ContractErrors.BadRule(rule, $"lists '{column.Enum![failure.Row]}', which is no value of {type}");
        }

        return values switch
        {
            BooleanColumn or BinaryColumn or FixedBinaryColumn => new KeyedEnumRule(column, Keys(values)) { ShowsValues = column.IsShowable },
            _ => TextForms.Dispatch<RuleVisitor, ContractRule>(type, new RuleVisitor(column, values)),
        };
    }

    /// <summary>Those of some words that stand for a value of a type; no row has any other.</summary>
    public static string[] Held(IReadOnlyList<string> words, DataType type)
    {
        if (type.IsText)
        {
            return [.. words];
        }

        if (!Cast.IsPossible(DataType.Utf8, type))
        {
            return [];
        }

        using Column values = Parse(words, type, out IReadOnlyList<CastFailure> failures);
        return [.. words.Where((_, i) => failures.All(f => f.Row != i))];
    }

    /// <summary>The list, shortened for messages.</summary>
    public static string Shown(IReadOnlyList<string> values) => $"expected one of {string.Join(", ", values.Take(10))}{(values.Count > 10 ? ", …" : "")}";

    // As values of text columns become those of the type.
    private static Column Parse(IReadOnlyList<string> words, DataType type, out IReadOnlyList<CastFailure> failures)
    {
        using var texts = new BinaryBuilder(DataType.Utf8, words.Count);
        foreach (string word in words)
        {
            texts.Append(word);
        }

        using Column column = texts.Build();
        (Column values, failures) = Cast.To(column, type);
        return values;
    }

    private static HashSet<Key128> Keys(Column values)
    {
        ulong[] first = new ulong[values.Length];
        ulong[] second = new ulong[values.Length];
        Hash.Rows(values, first);
        SecondHash.Rows(values, second);
        return [.. first.Zip(second, Key128.Of)];
    }

    private readonly struct RuleVisitor(AssetColumn column, Column values) : ITextFormVisitor<ContractRule>
    {
        public ContractRule Visit<T, TForm>(TForm form)
            where T : unmanaged
            where TForm : struct, ITextForm<T>
            => new FixedEnumRule<T>(column, [.. ((FixedColumn<T>)values).Values]) { ShowsValues = column.IsShowable };
    }
}

/// <summary>Texts are among those listed.</summary>
internal sealed class TextEnumRule : TextRule
{
    private readonly IReadOnlyList<string> _shown;
    private readonly HashSet<byte[]>.AlternateLookup<ReadOnlySpan<byte>> _values;

    public TextEnumRule(AssetColumn column)
        : base(column.Name, "enum", ContractErrors.EnumCode)
    {
        _shown = column.Enum!;
        _values = new HashSet<byte[]>(_shown.Select(Encoding.UTF8.GetBytes), Utf8Comparer.Instance).GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public override string Expected => EnumRule.Shown(_shown);

    protected override bool Holds(ReadOnlySpan<byte> text) => _values.Contains(text);

    private sealed class Utf8Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly Utf8Comparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode([DisallowNull] byte[] value) => GetHashCode(value.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> value)
        {
            var hash = new HashCode();
            hash.AddBytes(value);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}

/// <summary>Values of fixed width are among those listed.</summary>
internal sealed class FixedEnumRule<T>(AssetColumn column, HashSet<T> values) : ContractRule(column.Name, "enum", ContractErrors.EnumCode)
    where T : unmanaged
{
    public override string Expected => EnumRule.Shown(column.Enum!);

    public override bool HoldsForAll(Column column)
    {
        ReadOnlySpan<T> all = ((FixedColumn<T>)column).Values;
        bool hasNulls = column.HasNulls;
        for (int row = 0; row < all.Length; row++)
        {
            if (!(hasNulls && column.IsNull(row)) && !values.Contains(all[row]))
            {
                return false;
            }
        }

        return true;
    }

    public override void Mark(Column column, Span<ulong> broken)
    {
        ReadOnlySpan<T> all = ((FixedColumn<T>)column).Values;
        for (int row = 0; row < all.Length; row++)
        {
            if (!column.IsNull(row) && !values.Contains(all[row]))
            {
                Break(broken, row);
            }
        }
    }
}

/// <summary>Values that are neither texts nor numbers are among those listed.</summary>
internal sealed class KeyedEnumRule(AssetColumn column, HashSet<Key128> values)
    : KeyedRule<KeyedEnumRule.Listed>(column.Name, "enum", ContractErrors.EnumCode, new Listed(values))
{
    public override string Expected => EnumRule.Shown(column.Enum!);

    internal readonly struct Listed(HashSet<Key128> values) : IKeySet
    {
        public bool Has(Key128 key) => values.Contains(key);
    }
}
