namespace Millrace.Runtime.Contracts;

/// <summary>Values are in another dataset, known by their keys.</summary>
internal sealed class ForeignRule(AssetColumn column, UniqueKeys values, string dataset)
    : KeyedRule<ForeignRule.Dataset>(column.Name, "foreign", ContractErrors.ForeignCode, new Dataset(values))
{
    public override string Expected => $"expected a value of {dataset}";

    internal readonly struct Dataset(UniqueKeys values) : IKeySet
    {
        public bool Has(Key128 key) => values.Contains(key);
    }
}
