using Chat.Server.Hosting;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Chat.Server.Accounts.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class NameLooks : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumnsOnline(
                "Accounts",
                "\"NameLook\" text COLLATE \"C\" NULL",
                "\"NameRestsUntil\" timestamp with time zone NULL",
                "\"OwnsNameLook\" boolean NOT NULL DEFAULT FALSE");
            migrationBuilder.MakeIndexOnline("IX_Accounts_NameLook", """ON "Accounts" ("NameLook")""");
            migrationBuilder.MakeIndexOnline(
                "IX_Accounts_OwnNameLook", """ON "Accounts" ("NameLook") WHERE "OwnsNameLook" """, unique: true);

            // Finds the names that an older node has written, without reading the others.
            migrationBuilder.MakeIndexOnline(
                "IX_Accounts_NoNameLook", """ON "Accounts" ("Id") WHERE "NameLook" IS NULL""");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP INDEX IF EXISTS \"IX_Accounts_NoNameLook\"");

            migrationBuilder.DropIndex(
                name: "IX_Accounts_NameLook",
                table: "Accounts");

            migrationBuilder.DropIndex(
                name: "IX_Accounts_OwnNameLook",
                table: "Accounts");

            migrationBuilder.DropColumn(
                name: "NameLook",
                table: "Accounts");

            migrationBuilder.DropColumn(
                name: "NameRestsUntil",
                table: "Accounts");

            migrationBuilder.DropColumn(
                name: "OwnsNameLook",
                table: "Accounts");
        }
    }
}
