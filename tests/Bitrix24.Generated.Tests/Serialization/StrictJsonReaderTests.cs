using System.Text;
using System.Text.Json;
using CsCheck;
using Newtonsoft.Json;

namespace Bitrix24.Tests;

/// <summary>Compares the reader with two other JSON readers.</summary>
public sealed class StrictJsonReaderTests
{
    private static readonly string[] Texts =
    [
        """{"result":[{"ID":"13","NAME":"\u0421\u043f \ud83d\ude00","x":[1,-2.50e-3,true,false,null,{}]},[]],"time":{"start":1752471668.06}}""",
        """[0,-0,9223372036854775807,9223372036854775808,1E5,0.1,"",{"a":{"b":{"c":"é\u0000\/"}}}]""",
        """ "text" """,
    ];

    private static readonly string[] Snippets =
    [
        "null",
        "true",
        "-",
        "0",
        "1e9",
        "\"\"",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "\\",
        "\\u00e9",
        "\"a\":1",
        "NaN",
        "'",
        "//",
        "/**/",
        "\n",
        "\t",
        "\0",
        "é",
        "\"ID\":",
        "\ud83d\ude00",
    ];

    [Fact]
    public void Accepted_texts_and_tokens_match_another_strict_reader()
    {
        var change = Gen.Select(Gen.Int[0, 200], Gen.Int[0, 3], Gen.Int[0, Snippets.Length - 1], Gen.Int[0, 6]);
        Gen.Select(Gen.Int[0, Texts.Length - 1], change.Array[0, 3])
            .Sample(
                (text, changes) =>
                {
                    var changed = new StringBuilder(Texts[text]);
                    foreach (var (position, kind, snippet, length) in changes)
                    {
                        var at = position % (changed.Length + 1);
                        if (kind == 0)
                        {
                            changed.Remove(at, Math.Min(length, changed.Length - at));
                        }
                        else
                        {
                            changed.Insert(at, Snippets[snippet]);
                        }
                    }

                    // Half a surrogate pair has no UTF-8 encoding.
                    var json = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(changed.ToString()));
                    return TokensOf(json) == (IsJson(json) ? ExpectedTokensOf(json) : "no JSON");
                },
                iter: 20_000,
                threads: 1
            );
    }

    private static bool IsJson(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return true;
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }

    private static string TokensOf(string json)
    {
        byte[] bytes = [(byte)'x', .. Encoding.UTF8.GetBytes(json), (byte)'x'];
        try
        {
            return TokensOf(new StrictJsonReader(new ArraySegment<byte>(bytes, 1, bytes.Length - 2)));
        }
        catch (Newtonsoft.Json.JsonException)
        {
            return "no JSON";
        }
    }

    private static string ExpectedTokensOf(string json) =>
        TokensOf(
            new JsonTextReader(new StringReader(json))
            {
                DateParseHandling = DateParseHandling.None,
                FloatParseHandling = FloatParseHandling.Double,
            }
        );

    private static string TokensOf(JsonReader reader)
    {
        var tokens = new StringBuilder();
        while (reader.Read())
        {
            tokens.AppendJoin(' ', reader.TokenType, reader.Value, reader.ValueType, reader.Path, reader.Depth).Append('\n');
        }

        return tokens.ToString();
    }
}
