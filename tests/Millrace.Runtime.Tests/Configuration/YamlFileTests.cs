using System.Text;
using Millrace.Sdk;

namespace Millrace.Runtime.Tests.Configuration;

public class YamlFileTests
{
    private static readonly VariableExpander NoVariables = new(_ => null);

    [Fact]
    public void Every_value_knows_its_place()
    {
        OptionMap root = Parse("name: orders\nsource:\n  path: a.csv\n  list: [1, two]\n");
        var source = (OptionMap)root["source"]!;
        Assert.Equal("job.yaml:3:9", source["path"]!.Place.ToString());
        Assert.Equal("job.yaml:4:13", ((OptionList)source["list"]!).Items[1].Place.ToString());
        Assert.Equal("job.yaml:3:3", source.Entries[0].NamePlace.ToString());
    }

    [Fact]
    public void Quotes_keep_words_that_mean_nothing_else()
    {
        OptionMap root = Parse("a: null\nb: 'null'\nc: ~\nd: \"\"\n");
        Assert.True(((OptionScalar)root["a"]!).IsNull);
        Assert.False(((OptionScalar)root["b"]!).IsNull);
        Assert.True(((OptionScalar)root["c"]!).IsNull);
        Assert.False(((OptionScalar)root["d"]!).IsNull);
    }

    [Fact]
    public void Aliases_and_merge_keys_are_resolved()
    {
        OptionMap root = Parse("base: &base {a: 1, b: 2}\nsame: *base\nmore:\n  <<: *base\n  b: 3\n");
        Assert.Equal("1", Text(root, "same", "a"));
        Assert.Equal("1", Text(root, "more", "a"));
        Assert.Equal("3", Text(root, "more", "b"));
    }

    [Theory]
    [InlineData("a: 1\na: 2\n", "MR1013", 2)]
    [InlineData("a: [1, 2\n", "MR1022", 2)]
    [InlineData("a: *nowhere\n", "MR1022", 1)]
    [InlineData("- just\n- a list\n", "MR1022", 1)]
    [InlineData("a:\n\t- tab\n", "MR1022", null)]
    [InlineData("", "MR1027", null)]
    [InlineData("# only a comment\n", "MR1027", null)]
    public void Says_what_is_wrong_and_where(string text, string code, int? line)
    {
        MillraceException error = Assert.Throws<MillraceException>(() => Parse(text));
        Assert.Equal(code, error.Code.Id);
        Assert.Equal("job.yaml", error.Place!.File);
        if (line is not null)
        {
            Assert.Equal(line, error.Place.Line);
        }
    }

    [Fact]
    public void Aliases_that_multiply_are_stopped()
    {
        var text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        }

        Assert.Equal("MR1023", Assert.Throws<MillraceException>(() => Parse(text.ToString())).Code.Id);
    }

    [Fact]
    public void Depth_is_limited()
        => Assert.Equal("MR1023", Assert.Throws<MillraceException>(() => Parse("a: " + new string('[', 200) + new string(']', 200))).Code.Id);

    [Fact]
    public void A_missing_file_is_an_error_that_names_a_near_one()
    {
        string folder = Directory.CreateTempSubdirectory("millrace-yaml").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "orders.yaml"), "name: x");
            MillraceException error = Assert.Throws<MillraceException>(() => YamlFile.Read(Path.Combine(folder, "order.yaml"), NoVariables));
            Assert.Contains("did you mean 'orders.yaml'?", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Any_bytes_give_a_tree_or_an_error()
    {
        var random = new Random(5);
        const string alphabet = "ab:-[]{}&*<>'\"#|,\n \t?!%@`\\~=\0é";
        for (int i = 0; i < 20_000; i++)
        {
            var text = new StringBuilder();
            for (int length = random.Next(40); length > 0; length--)
            {
                text.Append(alphabet[random.Next(alphabet.Length)]);
            }

            try
            {
                Parse(text.ToString());
            }
            catch (MillraceException e)
            {
                Assert.NotNull(e.Place);
            }
        }
    }

    private static OptionMap Parse(string text) => YamlFile.Parse(text, "job.yaml", NoVariables);

    private static string Text(OptionMap root, string group, string name) => ((OptionScalar)((OptionMap)root[group]!)[name]!).Text;
}
