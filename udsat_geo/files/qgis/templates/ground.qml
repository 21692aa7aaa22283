<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22.0" hasScaleBasedVisibilityFlag="0" maxScale="0" simplifyMaxScale="1" styleCategories="AllStyleCategories" simplifyAlgorithm="0" symbologyReferenceScale="-1" simplifyDrawingHints="1" labelsEnabled="1" simplifyDrawingTol="1" minScale="100000000" simplifyLocal="1">
 <renderer-v2 forceraster="0" symbollevels="0" referencescale="-1" type="categorizedSymbol" enableorderby="0" attr="kind">
  <categories>
   <category symbol="0" value="land" label="land" render="true" />
   <category symbol="1" value="district" label="district" render="true" />
   <category symbol="2" value="park" label="park" render="true" />
   <category symbol="3" value="water" label="water" render="true" />
  </categories>
  <symbols>
   <symbol name="0" clip_to_extent="1" type="fill" alpha="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" pass="0" locked="0">
     <Option type="Map">
      <Option name="color" type="QString" value="239,238,234,255" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="outline_color" type="QString" value="239,238,234,255" />
      <Option name="outline_style" type="QString" value="no" />
      <Option name="outline_width" type="QString" value="0" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="style" type="QString" value="solid" />
     </Option>
    </layer>
   </symbol>
   <symbol name="1" clip_to_extent="1" type="fill" alpha="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" pass="0" locked="0">
     <Option type="Map">
      <Option name="color" type="QString" value="247,246,243,255" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="outline_color" type="QString" value="189,189,189,255" />
      <Option name="outline_style" type="QString" value="solid" />
      <Option name="outline_width" type="QString" value="0.2" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="style" type="QString" value="solid" />
     </Option>
    </layer>
   </symbol>
   <symbol name="2" clip_to_extent="1" type="fill" alpha="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" pass="0" locked="0">
     <Option type="Map">
      <Option name="color" type="QString" value="220,232,210,255" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="outline_color" type="QString" value="220,232,210,255" />
      <Option name="outline_style" type="QString" value="no" />
      <Option name="outline_width" type="QString" value="0" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="style" type="QString" value="solid" />
     </Option>
    </layer>
   </symbol>
   <symbol name="3" clip_to_extent="1" type="fill" alpha="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" pass="0" locked="0">
     <Option type="Map">
      <Option name="color" type="QString" value="207,226,238,255" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="outline_color" type="QString" value="207,226,238,255" />
      <Option name="outline_style" type="QString" value="no" />
      <Option name="outline_width" type="QString" value="0" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="style" type="QString" value="solid" />
     </Option>
    </layer>
   </symbol>
  </symbols>
  <rotation />
  <sizescale />
 </renderer-v2>
 <labeling type="rule-based">
  <rules key="{c2a5c5b0-6e1c-5a53-8a4e-0f4f2f0f5d10}">
   <rule description="name" filter="&quot;kind&quot; = 'district'" key="{0b8a1d52-5a0e-5f57-9b7e-6f0f6f1f7c11}">
    <settings calloutType="simple">
     <text-style textOrientation="horizontal" textOpacity="1" allowHtml="0" fontStrikeout="0" previewBkgrdColor="255,255,255,255" fontSize="8" fieldName="&quot;name&quot;" fontWeight="50" isExpression="1" fontSizeUnit="Point" fontWordSpacing="0" blendMode="0" capitalization="0" legendString="Aa" textColor="95,95,95,255" fontItalic="1" namedStyle="" fontFamily="DejaVu Sans" useSubstitutions="0" fontUnderline="0" fontLetterSpacing="0" multilineHeight="1" fontKerning="1">
      <families>
       <family name="Open Sans" />
       <family name="Noto Sans" />
       <family name="Segoe UI" />
       <family name="Helvetica Neue" />
       <family name="Arial" />
      </families>
      <text-buffer bufferNoFill="0" bufferBlendMode="0" bufferDraw="1" bufferSizeUnits="MM" bufferSize="0.90000000000000002" bufferOpacity="0.90000000000000002" bufferJoinStyle="128" bufferColor="255,255,255,255" />
     </text-style>
     <text-format useMaxLineLengthForAutoWrap="1" placeDirectionSymbol="0" formatNumbers="0" plussign="0" decimals="0" multilineAlign="1" addDirectionSymbol="0" autoWrapLength="14" wrapChar="" rightDirectionSymbol="&gt;" leftDirectionSymbol="&lt;" reverseDirectionSymbol="0" />
     <placement maxCurvedCharAngleIn="25" overrunDistance="0" repeatDistanceUnits="MM" overrunDistanceUnit="MM" yOffset="0" centroidWhole="1" polygonPlacementFlags="2" preserveRotation="1" geometryGeneratorEnabled="0" layerType="UnknownGeometry" repeatDistance="0" distUnits="MM" placementFlags="10" fitInPolygonOnly="0" offsetType="0" predefinedPositionOrder="TR,TL,BR,BL,R,L,TSR,BSR" rotationUnit="AngleDegrees" lineAnchorClipping="0" geometryGeneratorType="PointGeometry" quadOffset="4" placement="4" lineAnchorPercent="0.5" priority="3" offsetUnits="MapUnit" geometryGenerator="" xOffset="0" rotationAngle="0" centroidInside="1" dist="0" maxCurvedCharAngleOut="-25" lineAnchorType="0" />
     <rendering zIndex="0" fontMinPixelSize="0" obstacle="0" scaleVisibility="0" obstacleFactor="0.5" scaleMin="0" limitNumLabels="0" labelPerPart="0" drawLabels="1" fontLimitPixelSize="0" displayAll="0" unplacedVisibility="0" mergeLines="0" upsidedownLabels="0" minFeatureSize="0" obstacleType="0" fontMaxPixelSize="10000" maxNumLabels="2000" scaleMax="0" />
    </settings>
   </rule>
  </rules>
 </labeling>
 <layerGeometryType>2</layerGeometryType>
</qgis>
