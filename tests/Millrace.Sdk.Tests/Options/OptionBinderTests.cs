using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using DataType = Millrace.Columnar.DataType;

namespace Millrace.Sdk.Tests.Options;

public class OptionBinderTests
{
    private static readonly ErrorPlace Place = ErrorPlace.InFile("job.yaml", 3, 5);

    [Fact]
    public void Binds_every_kind_of_value()
    {
        OptionMap map = Map(
            ("text_value", "hello"), ("flag", "yes"), ("count", "1_000"), ("big", "-9000000000"), ("ratio", "0.25"),
            ("wait", "1h30m"), ("size", "64KiB"), ("mode", "snapshot_diff"), ("type", "decimal(12,2)"), ("mark", "\\t"), ("names", "a, b"));
        Sample sample = Bind(map);
        Assert.Equal("hello", sample.TextValue);
        Assert.True(sample.Flag);
        Assert.Equal(1000, sample.Count);
        Assert.Equal(-9_000_000_000, sample.Big);
        Assert.Equal(0.25, sample.Ratio);
        Assert.Equal(TimeSpan.FromMinutes(90), sample.Wait);
        Assert.Equal(65536, sample.Size.Bytes);
        Assert.Equal(WriteMode.SnapshotDiff, sample.Mode);
        Assert.Equal(DataType.Decimal(12, 2), sample.Type);
        Assert.Equal('\t', sample.Mark);
        Assert.Equal(["a", "b"], sample.Names);
    }

    [Fact]
    public void Keeps_defaults_of_absent_and_null_options()
    {
        Sample sample = Bind(Map(("count", "null")));
        Assert.Equal(7, sample.Count);
        Assert.Equal(WriteMode.Append, sample.Mode);
    }

    [Theory]
    [InlineData("null", "null")]
    [InlineData("~", "snappy")]
    [InlineData("", "snappy")]
    public void The_word_null_is_a_value_where_it_is_one_of_those_listed(string written, string codec)
    {
        var map = new OptionMap(Place);
        map.Set("codec", new OptionScalar(written, Place));
        map.Set("open", new OptionScalar(written, Place));
        var faults = new OptionFaults();
        Codecs bound = OptionBinder.Bind<Codecs>(map, faults);
        faults.ThrowIfAny();
        Assert.Equal(codec, bound.Codec);
        Assert.Equal(written == "null" ? "null" : null, bound.Open);
    }

    [Fact]
    public void Names_the_nearest_option_and_the_place_of_an_unknown_one()
    {
        MillraceException error = Assert.Throws<MillraceException>(() => Bind(Map(("cuont", "3"))));
        Assert.Equal(SdkErrors.UnknownOption, error.Code);
        Assert.Contains("'cuont' (did you mean 'count'?)", error.Message, StringComparison.Ordinal);
        Assert.Equal("job.yaml:3:5", error.Place!.ToString());
    }

    [Fact]
    public void Collects_all_faults()
    {
        MillraceException error = Assert.Throws<MillraceException>(() => Bind(Map(("count", "many"), ("flag", "perhaps"), ("nonsense", "1"))));
        Assert.Equal(3, error.Related.Count);
    }

    [Theory]
    [InlineData("count", "1.5", "whole number")]
    [InlineData("count", "0", "1 to 1000")]
    [InlineData("flag", "maybe", "true or false")]
    [InlineData("wait", "soon", "duration")]
    [InlineData("size", "12 parsecs", "size")]
    [InlineData("mode", "upsert", "one of append, overwrite, merge, snapshot_diff, scd2")]
    [InlineData("type", "decimal(50,2)", "precision")]
    public void Says_what_a_value_should_be(string name, string text, string expected)
    {
        MillraceException error = Assert.Throws<MillraceException>(() => Bind(Map((name, text))));
        Assert.Equal(SdkErrors.InvalidOption, error.Code);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_that_a_required_option_is_missing()
    {
        var faults = new OptionFaults();
        OptionBinder.Bind<Demanding>(Map(), faults);
        Assert.Equal(SdkErrors.MissingOption, Assert.Single(faults.All).Code);
    }

    [Fact]
    public void Accepts_camel_case_of_files_written_for_other_tools()
        => Assert.Equal("x", Bind(Map(("textValue", "x"))).TextValue);

    [Fact]
    public void Refuses_one_option_in_two_spellings()
    {
        MillraceException error = Assert.Throws<MillraceException>(() => Bind(Map(("text_value", "x"), ("textValue", "y"))));
        Assert.Equal(SdkErrors.DuplicateOption, error.Code);
    }

    [Fact]
    public void Binds_nested_groups_and_their_short_form()
    {
        var inner = new OptionMap(Place);
        inner.Set("strategy", new OptionScalar("drop", Place));
        inner.Set("limit", new OptionScalar("4", Place));
        var map = new OptionMap(Place);
        map.Set("inner", inner);
        Assert.Equal(new Inner { Strategy = "drop", Limit = 4 }, Bind(map).Inner);
        Assert.Equal(new Inner { Strategy = "keep" }, Bind(Map(("inner", "keep"))).Inner);
    }

    [Fact]
    public void Binds_a_choice_by_name_and_with_options()
    {
        Assert.Equal("small", Bind(Map(("shape", "small"))).Shape!.Name);
        var group = new OptionMap(Place);
        group.Set("name", new OptionScalar("large", Place));
        group.Set("limit", new OptionScalar("9", Place));
        var map = new OptionMap(Place);
        map.Set("shape", group);
        OptionChoice<Shapes> choice = Bind(map).Shape!;
        Assert.Equal(9, Assert.IsType<Inner>(choice.Bind("large")).Limit);
    }

    [Fact]
    public void Checks_the_options_of_a_named_choice_at_once()
    {
        var group = new OptionMap(Place);
        group.Set("name", new OptionScalar("large", Place));
        group.Set("limmit", new OptionScalar("9", Place));
        var map = new OptionMap(Place);
        map.Set("shape", group);
        Assert.Contains("did you mean 'limit'?", Assert.Throws<MillraceException>(() => Bind(map)).Message, StringComparison.Ordinal);
        Assert.Contains("did you mean 'large'?", Assert.Throws<MillraceException>(() => Bind(Map(("shape", "larg")))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gathers_what_it_does_not_know_where_a_record_asks_for_it()
    {
        var faults = new OptionFaults();
        Open bound = OptionBinder.Bind<Open>(Map(("known", "1"), ("other", "2")), faults);
        Assert.False(faults.Any);
        Assert.Equal("other", Assert.Single(bound.Rest.Entries).Name);
    }

    [Fact]
    public void Dotted_names_make_groups_and_name_choices()
    {
        var map = new OptionMap(Place);
        map.SetPath("shape", new OptionScalar("large", Place));
        map.SetPath("shape.limit", new OptionScalar("5", Place));
        Assert.Equal(5, Assert.IsType<Inner>(Bind(map).Shape!.Bind("large")).Limit);
    }

    private static Sample Bind(OptionMap map)
    {
        var faults = new OptionFaults();
        Sample sample = OptionBinder.Bind<Sample>(map, faults);
        faults.ThrowIfAny();
        return sample;
    }

    private static OptionMap Map(params (string Name, string Value)[] entries)
    {
        var map = new OptionMap(Place);
        foreach ((string name, string value) in entries)
        {
            map.Set(name, new OptionScalar(value, Place));
        }

        return map;
    }

    private sealed record Sample
    {
        public string? TextValue { get; init; }

        public bool Flag { get; init; }

        [Description("How many.")]
        [Range(1, 1000)]
        public int Count { get; init; } = 7;

        public long Big { get; init; }

        public double Ratio { get; init; }

        public TimeSpan Wait { get; init; }

        public ByteSize Size { get; init; }

        public WriteMode Mode { get; init; } = WriteMode.Append;

        public DataType? Type { get; init; }

        public char Mark { get; init; }

        public IReadOnlyList<string> Names { get; init; } = [];

        public Inner? Inner { get; init; }

        public OptionChoice<Shapes>? Shape { get; init; }
    }

    [OptionShorthand("strategy")]
    private sealed record Inner
    {
        public string? Strategy { get; init; }

        public int Limit { get; init; }
    }

    private sealed record Demanding
    {
        public required string Name { get; init; }
    }

    private sealed record Open
    {
        public int Known { get; init; }

        [OptionRest]
        public OptionMap Rest { get; init; } = new(Place);
    }

    private sealed class Shapes : IOptionChoices
    {
        public static IReadOnlyDictionary<string, Type> Choices { get; } = new Dictionary<string, Type> { ["small"] = typeof(Inner), ["large"] = typeof(Inner) };
    }

    private sealed record Codecs
    {
        [AllowedValues("null", "snappy")]
        public string Codec { get; init; } = "snappy";

        [OptionTakesNull]
        public string? Open { get; init; }
    }
}
