using Millrace.Columnar;
using Millrace.Runtime.Contracts;
using Millrace.Sdk;

namespace Millrace.Runtime.Tests.Contracts;

public sealed class AssetFileTests
{
    private const string Standard = """
        apiVersion: v3.0.2
        kind: DataContract
        id: 53581432-6c55-4ba2-a65f-72344a91553a
        name: orders
        version: 1.1.0
        status: active
        domain: sales
        tenant: acme
        description:
          purpose: All orders
          limitations: None
        tags: [finance]
        schema:
          - name: orders
            physicalName: orders_1_1_0
            description: One row an order
            quality:
              - {type: library, rule: rowCount, mustBeBetween: [100, 120], dimension: completeness}
              - {type: custom, engine: soda, implementation: "type: duplicate_percent"}
            properties:
              - name: id
                logicalType: integer
                physicalType: bigint
                required: true
                unique: true
                primaryKey: true
                primaryKeyPosition: 1
              - name: state
                logicalType: string
                physicalType: "VARCHAR(20) COLLATE x"
                logicalTypeOptions: {minLength: 2, maxLength: 20, pattern: "^[a-z]+$"}
                classification: public
                quality:
                  - {type: library, rule: validValues, validValues: [open, paid]}
                  - {type: sql, query: "SELECT count(*) FROM ${table} WHERE ${column} IS NULL", mustBe: 0, severity: warning}
                  - {type: text, description: Someone looked at it}
              - name: amount
                logicalType: number
                logicalTypeOptions: {minimum: 0, exclusiveMinimum: true, multipleOf: 0.01}
                customProperties:
                  - {property: foreign, value: {location: amounts.csv, column: a}}
                  - {property: other, value: x}
        team:
          - {username: jane, role: owner}
          - {username: joe, role: steward}
        slaProperties:
          - {property: latency, value: 4, unit: d}
        customProperties:
          - {property: finops, value: {cost_center: CC-1}}
          - {property: unknown, value: [1, 2]}

        """;

    [Theory]
    [InlineData("schema:\n  - {name: id, requird: true}\n", "requird", "required")]
    [InlineData("schema:\n  - {name: id, typ: bigint}\n", "typ", "type")]
    [InlineData("complience: {classification: internal}\nschema:\n  - {name: id}\n", "complience", "compliance")]
    public void A_slip_in_the_name_of_a_rule_is_a_fault_and_not_a_word_that_is_kept(string rest, string written, string meant)
    {
        MillraceException error = Assert.Throws<MillraceException>(() => Read("name: c\n" + rest));

        Assert.Equal(SdkErrors.UnknownOption, error.Code);
        Assert.Contains($"'{written}' (did you mean '{meant}'?)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_of_the_standard_that_are_no_rules_are_kept_in_the_short_form()
    {
        AssetSpec asset = Read("name: c\ntags: [a]\nsupport: []\nroles: []\nprice: {}\nservers: []\nslaProperties: []\nschema:\n  - {name: id, tags: [b], businessName: n, examples: [1], encryptedName: e}\n");

        Assert.Equal(["tags", "support", "roles", "price", "servers", "slaProperties"], asset.Others.Entries.Select(e => e.Name));
        Assert.Equal(4, asset.Schema[0].Others.Entries.Count);
    }

    [Fact]
    public void The_standard_is_read_as_the_short_form()
    {
        AssetSpec asset = Read(Standard);
        Assert.Equal(("orders", "1.1.0", "acme", "jane", "CC-1"), (asset.Name, asset.Version, asset.Tenant, asset.Owner, asset.Finops!["cost_center"]));
        Assert.Equal(["bigint", "varchar", "double"], asset.Schema.Select(c => c.ResolveType()!.ToString()));
        Assert.True(asset.Schema[0] is { Required: true, Unique: true, PrimaryKey: true });
        Assert.Equal((2, 20, "^[a-z]+$"), (asset.Schema[1].MinLength, asset.Schema[1].MaxLength, asset.Schema[1].Pattern));
        Assert.Equal(["open", "paid"], asset.Schema[1].Enum!);
        Assert.Equal("SELECT count(*) FROM ${table} WHERE ${column} IS NULL", asset.Schema[1].Quality[0].Query);
        Assert.Equal(["100", "120"], asset.Quality[0].MustBeBetween!);
        Assert.Equal(("0", true, "amounts.csv"), (asset.Schema[2].Min, asset.Schema[2].ExclusiveMin, asset.Schema[2].Foreign!.Location));
    }

    [Fact]
    public void What_goes_out_as_the_standard_comes_back_the_same()
    {
        OptionMap before = YamlFile.Parse(Standard, "a.yaml", Kept);
        OptionMap after = YamlFile.Parse(OdcsExport.ToStandard(Read(Standard)), "b.yaml", Kept);
        Assert.Equal(Flat(before), Flat(after));

        // By way of the short form, too.
        AssetSpec shorter = Read(OdcsExport.ToShort(Read(Standard)));
        Assert.Equal(Flat(before), Flat(YamlFile.Parse(OdcsExport.ToStandard(shorter), "c.yaml", Kept)));
    }

    [Fact]
    public void What_goes_out_has_the_words_of_the_version_that_it_names()
    {
        OptionMap root = YamlFile.Parse(OdcsExport.ToStandard(Read("name: c\nquality: [{metric: rowCount, mustBe: 3}]\nschema:\n  - {name: d, type: date, min: 2020-01-01}\n  - {name: n, type: int, min: 1, quality: [{metric: nullValues, mustBe: 0}]}\n")), "c.yaml", Kept);
        var item = (OptionMap)((OptionList)root["schema"]!).Items[0];
        OptionMap[] columns = [.. ((OptionList)item["properties"]!).Items.Cast<OptionMap>()];
        Assert.True(((OptionScalar)((OptionMap)columns[0]["logicalTypeOptions"]!)["minimum"]!).Quoted);
        Assert.False(((OptionScalar)((OptionMap)columns[1]["logicalTypeOptions"]!)["minimum"]!).Quoted);
        Assert.Equal(["nullValues", "rowCount"], new[] { columns[1], item }.Select(m => ((OptionScalar)((OptionMap)((OptionList)m["quality"]!).Items[0])["rule"]!).Text));
    }

    // Times have no logical type in version 3.0.2, tags are lists there, and what it has no word for is a property of the author's own.
    [Fact]
    public void What_the_standard_has_no_word_for_goes_out_in_its_shape_and_comes_back()
    {
        const string text = """
            name: c
            apiVersion: v2.2.2
            team: {owner: jane, steward: joe}
            tags: {team: blue}
            freshness: {hours: 3}
            data_quality: {freshness: 1h}
            schema_object: {name: t, physicalName: t1, rows: 5}
            quality: [{metric: rowCount, mustBe: 3}, {query: "SELECT 1", type: sql, mustBeBetween: [0, 2]}]
            schema:
              - {name: at, logicalType: timestamp, min: 2020-01-01, max: "2030-01-01 00:00:00"}
              - {name: open, logicalType: time, min: "08:00:00", exclusive_max: true, max: "20:00:00"}
              - {name: month, type: int, format: YYYYMM, min: 190001}
              - {name: ratio, type: double, max: 1, tags: {a: b}, unitOfMeasure: percent}
              - {name: name, type: varchar, min_length: 1, enum: [a, b], foreign: {location: names.csv}}
              - {name: part, type: "struct<a int>"}
            """;
        AssetSpec asset = Read(text);
        string standard = OdcsExport.ToStandard(asset);
        OdcsShape.AssertFits(YamlFile.Parse(standard, "c.yaml", Kept));

        AssetSpec again = Read(standard);
        Assert.Equal("jane", again.Owner);
        Assert.Equal(asset.Schema.Select(c => (c.Name, c.ResolveType()?.ToString(), c.Min, c.Max, c.ExclusiveMax, c.Format)), again.Schema.Select(c => (c.Name, c.ResolveType()?.ToString(), c.Min, c.Max, c.ExclusiveMax, c.Format)));
        OptionMap flat = YamlFile.Parse(standard, "c.yaml", Kept);
        Assert.Equal(["tags", "freshness", "dataQuality"], ((OptionList)flat["customProperties"]!).Items.Cast<OptionMap>().Select(p => ((OptionScalar)p["property"]!).Text));
    }

    [Theory]
    [InlineData("name: a\nschema: [{name: x, type: bigint}, {name: x}]\n", "MR1029", 2)]
    [InlineData("name: a\nschema:\n  - {name: x, type: bigint}\n  - {name: y, type: varchar, min: 3}\n", "MR1122", 4)]
    [InlineData("name: a\nschema:\n  - {name: y, tpye: varchar, requird: 1}\n  - {name: z, required: maybe}\n", "MR1012", 4)]
    [InlineData("name: a\nquality:\n  - {rule: rowCount, mustBe: 1}\n  - {rule: rowCount}\nschema: [{name: x}]\n", "MR1122", 4)]
    [InlineData("name: a\nquality:\n  - {rule: rowCount, mustBee: 1}\nschema: [{name: x}]\n", "MR1010", 3)]
    [InlineData("name: a\nschema:\n  - {name: o, properties: [{name: x, quality: [{rule: nulValues}]}]}\n", "MR1122", 3)]
    [InlineData("name: a\nschema:\n  - {name: o, properties: [{name: x, required: maybe}]}\n", "MR1012", 3)]
    public void Faults_have_their_place(string text, string code, int line)
    {
        MillraceException e = Assert.ThrowsAny<MillraceException>(() => Read(text));
        MillraceException fault = e.Related.Count > 0 ? e.Related.First(f => f.Code.Id == code) : e;
        Assert.Equal((code, (long?)line), (fault.Code.Id, fault.Place?.Line));
    }

    [Fact]
    public void A_column_with_parts_is_a_column_in_both_forms()
    {
        const string text = "name: c\nschema:\n  - name: t\n    properties:\n      - {name: id, logicalType: integer}\n      - {name: addr, logicalType: object, properties: [{name: city, logicalType: string}]}\n      - {name: age, logicalType: integer}\n";
        AssetSpec asset = Read(text);
        AssetSpec shorter = Read(OdcsExport.ToShort(asset));
        Assert.Equal(["id", "addr", "age"], shorter.Schema.Select(c => c.Name));
        Assert.Equal(OdcsExport.ToStandard(asset), OdcsExport.ToStandard(shorter));
    }

    [Fact]
    public void One_of_several_objects_is_named()
    {
        const string text = "name: a\nschema:\n  - {name: one, properties: [{name: x}]}\n  - {name: two, properties: [{name: y}]}\n";
        Assert.Equal("y", Read(text, "two").Schema.Single().Name);
        Assert.Contains("one, two", Assert.Throws<MillraceException>(() => Read(text)).Message, StringComparison.Ordinal);
        Assert.Contains("two", Assert.Throws<MillraceException>(() => Read(text, "tow")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_contract_survives_both_forms(int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < 100; i++)
        {
            AssetSpec asset = Random(random);
            string first = OdcsExport.ToShort(asset);
            string standard = OdcsExport.ToStandard(Read(first));
            OdcsShape.AssertFits(YamlFile.Parse(standard, "c.yaml", Kept));
            string back = OdcsExport.ToShort(Read(standard));
            AssetSpec again = Read(back);
            Assert.Equal(asset.Schema.Select(Shown), again.Schema.Select(Shown));
            Assert.Equal((asset.Name, asset.Version, asset.Owner, asset.Compliance.Classification), (again.Name, again.Version, again.Owner, again.Compliance.Classification));
            Assert.Equal(asset.Finops ?? new Dictionary<string, string>(), again.Finops ?? new Dictionary<string, string>());
        }
    }

    private static AssetSpec Random(Random random)
    {
        string[] texts = ["a", "true", "12", "null", "x: y", "- z", "#c", "a #b", "'q'", "\"d\"", "é中", " lead", "trail ", "", "${X}", "$$", "a$", "[x]", "{y}", "1e3", "2024-01-01", "multi\nline", "~", "*a", "&b", "!t", "@", "%", "|", ">", "?"];
        string Text() => texts[random.Next(texts.Length)];
        string? Maybe() => random.Next(2) == 0 ? null : Text() + "x";
        return new AssetSpec
        {
            Name = "n" + Text(),
            Version = Text() + "1",
            Team = random.Next(2) == 0 ? null : new OptionScalar("o" + Text(), new ErrorPlace(), Quoted: true) is var owner ? Map("owner", owner) : null,
            Compliance = new ComplianceSpec { Classification = Maybe() },
            Finops = random.Next(2) == 0 ? null : new Dictionary<string, string> { ["k" + Text()] = "v" + Text() },
            Schema = [.. Enumerable.Range(0, random.Next(1, 5)).Select(i => new AssetColumn
            {
                Name = $"{i}{Text()}",
                Type = random.Next(2) == 0 ? DataType.Utf8 : null,
                LogicalType = "string",
                Required = random.Next(2) == 0,
                Unique = random.Next(2) == 0,
                MinLength = random.Next(2) == 0 ? null : random.Next(5),
                Enum = random.Next(2) == 0 ? null : ["p" + Text(), "q" + Text()],
                Classification = Maybe(),
                Description = Maybe(),
                Foreign = random.Next(3) > 0 ? null : new ForeignSpec { Location = "l" + Text(), Column = Maybe() },
            })],
        };
    }

    private static OptionMap Map(string name, OptionNode value)
    {
        var map = new OptionMap(new ErrorPlace());
        map.Set(name, value);
        return map;
    }

    private static string Shown(AssetColumn c)
        => $"{c.Name}|{c.Type}|{c.Required}|{c.Unique}|{c.MinLength}|{string.Join(',', c.Enum ?? [])}|{c.Classification}|{c.Description}|{c.Foreign}";

    // As files of contracts are read.
    private static readonly VariableExpander Kept = new VariableExpander(_ => null).Keeping(QualityQuery.Placeholders);

    private static AssetSpec Read(string text, string? name = null)
    {
        var faults = new OptionFaults();
        AssetSpec? asset = AssetFile.Bind(YamlFile.Parse(text, "asset.yaml", Kept), name, faults);
        faults.ThrowIfAny();
        return asset!;
    }

    // What a node says, whatever the order and the quotes of it.
    private static string[] Flat(OptionNode node, string path = "") => node switch
    {
        OptionScalar scalar => [$"{path}={scalar.Text}"],
        OptionList list => [.. list.Items.SelectMany((item, i) => Flat(item, $"{path}[{i}]"))],
        OptionMap map => [.. map.Entries.OrderBy(e => e.Name, StringComparer.Ordinal).SelectMany(e => Flat(e.Value, $"{path}.{e.Name}"))],
        _ => [],
    };
}
