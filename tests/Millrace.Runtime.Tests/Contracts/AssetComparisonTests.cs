using Millrace.Columnar;
using Millrace.Runtime.Contracts;
using Millrace.Sdk;

namespace Millrace.Runtime.Tests.Contracts;

public sealed class AssetComparisonTests
{
    [Theory]
    [InlineData("", "type: bigint", "compatible")]
    [InlineData("type: bigint", "", "compatible")]
    [InlineData("", "required: true", "forward")]
    [InlineData("required: true", "", "backward")]
    [InlineData("type: integer", "type: bigint", "backward")]
    [InlineData("type: bigint", "type: integer", "forward")]
    [InlineData("type: bigint", "type: varchar", "breaking")]
    [InlineData("type: \"decimal(10,2)\"", "type: \"decimal(12,2)\"", "backward")]
    [InlineData("type: \"decimal(10,2)\"", "type: \"decimal(10,4)\"", "breaking")]
    [InlineData("type: bigint", "type: bigint, required: true", "forward")]
    [InlineData("type: bigint, unique: true", "type: bigint", "backward")]
    [InlineData("type: bigint, min: 9", "type: bigint, min: 10", "forward")]
    [InlineData("type: bigint, min: 10", "type: bigint, min: 9", "backward")]
    [InlineData("type: bigint, max: 9", "type: bigint, max: 10", "backward")]
    [InlineData("type: bigint, max: 9", "type: bigint", "backward")]
    [InlineData("type: bigint, max: 9", "type: bigint, max: 9, exclusive_max: true", "forward")]
    [InlineData("type: varchar, max_length: 9", "type: varchar, max_length: 8", "forward")]
    [InlineData("type: varchar, enum: [a, b]", "type: varchar, enum: [a, b, c]", "backward")]
    [InlineData("type: varchar, enum: [a, b]", "type: varchar, enum: [a]", "forward")]
    [InlineData("type: varchar, enum: [a, b]", "type: varchar, enum: [a, c]", "breaking")]
    [InlineData("type: varchar", "type: varchar, pattern: x", "forward")]
    [InlineData("type: varchar, pattern: y", "type: varchar, pattern: x", "breaking")]
    [InlineData("type: varchar, classification: pii", "type: varchar", "compatible")]
    [InlineData("type: varchar", "type: varchar, quality: [{rule: nullValues}]", "forward")]
    [InlineData("type: varchar, quality: [{rule: nullValues}]", "type: varchar", "backward")]
    [InlineData("type: varchar, quality: [{rule: nullValues, mustBe: 0}]", "type: varchar, quality: [{rule: nullValues, mustBe: 1}]", "breaking")]
    [InlineData("type: varchar, quality: [{rule: missingValues, arguments: {missingValues: [a]}}]", "type: varchar, quality: [{rule: missingValues, arguments: {missingValues: [b]}}]", "breaking")]
    [InlineData("type: varchar, quality: [{rule: nullValues}]", "type: varchar, quality: [{rule: nullValues, description: x}]", "compatible")]
    [InlineData("type: varchar, quality: [{rule: nullValues}]", "type: varchar, quality: [{rule: nullValues, severity: warning}]", "backward")]
    [InlineData("type: varchar, quality: [{rule: nullValues, severity: info}]", "type: varchar, quality: [{rule: nullValues, severity: error}]", "forward")]
    [InlineData("type: varchar", "type: varchar, quality: [{rule: nullValues, severity: warning}]", "compatible")]
    [InlineData("type: varchar, quality: [{type: text, description: x}]", "type: varchar", "compatible")]
    [InlineData("type: varchar, quality: [{type: custom, engine: soda, implementation: x}]", "type: varchar, quality: [{type: custom, engine: soda, implementation: y}]", "compatible")]
    [InlineData("type: varchar, quality: [{name: n, type: sql, query: SELECT 1, mustBe: 1}]", "type: varchar, quality: [{name: n, type: sql, query: SELECT 2, mustBe: 1}]", "breaking")]
    [InlineData("type: varchar, quality: [{rule: nullValues, mustBeLessThan: 9}, {rule: nullValues, mustBeGreaterThan: 1}]", "type: varchar, quality: [{rule: nullValues, mustBeLessThan: 9}, {rule: nullValues, mustBeGreaterThan: 2}]", "breaking")]
    public void A_change_tells_who_can_live_with_it(string old, string updated, string level)
    {
        AssetComparison comparison = AssetComparison.Of(Asset(old), Asset(updated));
        Assert.Equal(level, comparison.Level);
        Assert.NotEmpty(comparison.Changes);
        Assert.All(comparison.Changes, c => Assert.Equal(c.Level is "compatible", c.Reason.Length == 0));
    }

    [Fact]
    public void Quality_rules_are_told_by_name()
    {
        AssetSpec old = Asset("type: bigint, quality: [{rule: nullValues}]") with { Quality = [new QualitySpec { Rule = "rowCount", MustBeGreaterThan = "0" }] };
        AssetSpec updated = Asset("type: bigint, quality: [{metric: nullValues}, {name: few, rule: nullValues, mustBeLessThan: 5}]") with { Quality = [new QualitySpec { Rule = "rowCount", MustBeGreaterThan = "9" }] };
        Assert.Equal(
            [("c", "new quality rule few", "forward"), (null, "quality rule rowCount changed", "breaking")],
            AssetComparison.Of(old, updated).Changes.Select(c => (c.Column, c.What, c.Level)));
        Assert.Equal([(null, "quality rule rowCount removed")], AssetComparison.Of(old, old with { Quality = [] }).Changes.Select(c => (c.Column, c.What)));
        Assert.Empty(AssetComparison.Of(updated, updated).Changes);
    }

    [Fact]
    public void The_version_to_raise_follows()
    {
        Assert.Equal("minor", AssetComparison.Of(Asset("type: bigint"), Asset("type: bigint") with { Quality = [new QualitySpec { Rule = "rowCount", MustBe = "1" }] }).Bump);
        Assert.Equal("none", AssetComparison.Of(Asset("type: bigint"), Asset("type: bigint")).Bump);
        Assert.Equal("minor", AssetComparison.Of(Asset(""), Asset("type: bigint")).Bump);
        Assert.Equal("major", AssetComparison.Of(Asset("type: integer"), Asset("type: bigint")).Bump);
        Assert.Equal("patch", AssetComparison.Of(Asset("type: bigint"), Asset("type: bigint") with { Status = "deprecated" }).Bump);
    }

    [Theory]
    [InlineData("bigint", "integer", true)]
    [InlineData("bigint", "uinteger", true)]
    [InlineData("bigint", "ubigint", false)]
    [InlineData("uinteger", "integer", false)]
    [InlineData("double", "integer", true)]
    [InlineData("double", "bigint", false)]
    [InlineData("decimal(20,0)", "ubigint", true)]
    [InlineData("decimal(18,0)", "bigint", false)]
    [InlineData("timestamp", "date", true)]
    [InlineData("timestamp(9)", "timestamp", true)]
    [InlineData("timestamp", "timestamp(9)", false)]
    [InlineData("timestamptz", "timestamp", false)]
    [InlineData("array<bigint>", "array<integer>", true)]
    [InlineData("array<bigint>", "array<integer not null>", true)]
    [InlineData("array<bigint not null>", "array<bigint>", false)]
    [InlineData("struct<a bigint, b varchar>", "struct<a integer>", true)]
    [InlineData("struct<a bigint, b varchar not null>", "struct<a integer>", false)]
    [InlineData("struct<a bigint>", "struct<a bigint, b varchar>", false)]
    [InlineData("varchar", "bigint", false)]
    public void A_type_holds_another(string wide, string narrow, bool holds)
        => Assert.Equal(holds, TypeWidening.Holds(DataType.Parse(wide), DataType.Parse(narrow)));

    private static AssetSpec Asset(string column)
    {
        string text = $"name: a\nschema:\n  - {{name: id, type: bigint}}\n{(column.Length == 0 ? "" : $"  - {{name: c, {column}}}\n")}";
        if (column is "required: true")
        {
            text = "name: a\nschema:\n  - {name: id, type: bigint}\n  - {name: c, type: bigint, required: true}\n";
        }

        var faults = new OptionFaults();
        AssetSpec asset = AssetFile.Bind(YamlFile.Parse(text, "a.yaml", new VariableExpander(_ => null)), null, faults)!;
        faults.ThrowIfAny();
        return asset;
    }
}
