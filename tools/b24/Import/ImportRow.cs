using System.Security.Cryptography;
using System.Text;

namespace Bitrix24.CommandLine;

/// <summary>A row of the file of an import: a request, or what is wrong with it.</summary>
/// <param name="Number">Its number, from 1, the heading not counted.</param>
/// <param name="Request">The request; <see langword="null"/> when the row cannot be read as one.</param>
/// <param name="Error">What is wrong with the row.</param>
/// <param name="Fingerprint">Stands for what the row contains.</param>
internal sealed record ImportRow(int Number, AddCallListRequest? Request, string? Error, string Fingerprint)
{
    public static ImportRow Of(int number, string type, string ids, string webform, string beyond)
    {
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{type}\n{ids}\n{webform}{(beyond.Length > 0 ? "\n" + beyond : string.Empty)}")), 0, 8);
        var request = new AddCallListRequest();

        // Ids that a column of their own cuts off must not get lost in silence.
        var error = beyond.Length > 0 ? $"'{beyond}' is in no column; ids that are separated as columns are have to be quoted." : Read(request, type, ids, webform);
        return new(number, error is null ? request : null, error, fingerprint);
    }

    private static string? Read(AddCallListRequest request, string type, string ids, string webform)
    {
        if (!CallListOptions.EntityTypes.TryGetValue(type, out var entityType))
        {
            return $"type is '{type}'; it has to be contact or company.";
        }

        var entities = new List<long>();
        if (CallListOptions.ReadIds(ids.Split([',', ';', '|', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), entities) is { } wrong)
        {
            return $"ids holds '{wrong}', which is no id.";
        }

        var webforms = new List<long>();
        if (webform.Length > 0 && CallListOptions.ReadIds([webform], webforms) is not null)
        {
            return $"form is '{webform}'; it has to be an id, or empty.";
        }

        request.EntityType = entityType;
        request.Entities = entities;
        request.WebformId = webforms.Count > 0 ? webforms[0] : null;
        return null;
    }
}
